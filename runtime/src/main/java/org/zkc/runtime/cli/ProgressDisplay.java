package org.zkc.runtime.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far long work is, on stderr. */
interface ProgressDisplay extends AutoCloseable {
  /**
   * Shows that a stage has begun.
   *
   * @param fraction of the whole that is done, in [0, 1]
   */
  void report(String stage, double fraction);

  @Override
  void close();

  static ProgressDisplay of(ProgressMode mode, PrintWriter err) {
    return switch (mode) {
      case AUTO -> isTerminal() ? new Bar() : new Silent();
      case PLAIN -> new Lines(err);
      case NONE -> new Silent();
    };
  }

  /** The launcher filters stderr through a pipe and says whether a terminal is behind it. */
  @SuppressWarnings(
      "SystemConsoleNull") // from JDK 25 on it is null again where there is no terminal
  private static boolean isTerminal() {
    String launcher = System.getProperty("zkc.terminal");
    if (launcher != null) {
      return Boolean.parseBoolean(launcher);
    }
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Nothing. */
  final class Silent implements ProgressDisplay {
    @Override
    public void report(String stage, double fraction) {
      // Shows nothing by design.
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }

  /** One line for each stage. */
  final class Lines implements ProgressDisplay {
    private final PrintWriter err;
    private String last = "";

    Lines(PrintWriter err) {
      this.err = err;
    }

    @Override
    public void report(String stage, double fraction) {
      if (!stage.equals(last)) {
        last = stage;
        err.println(String.format(Locale.ROOT, "%3.0f %% %s", fraction * 100, stage));
        err.flush();
      }
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }

  /** A bar that is redrawn in place and removed at the end. */
  final class Bar implements ProgressDisplay {
    private static final int STEPS = 1000;
    private final ProgressBar bar =
        new ProgressBarBuilder()
            .setInitialMax(STEPS)
            .setStyle(ProgressBarStyle.ASCII)
            .hideEta()
            .clearDisplayOnFinish()
            .setConsumer(new ConsoleProgressBarConsumer(System.err))
            .build();

    @Override
    public void report(String stage, double fraction) {
      bar.setExtraMessage(stage);
      bar.stepTo(Math.round(fraction * STEPS));
    }

    @Override
    public void close() {
      bar.close();
    }
  }
}
