package org.zkc.runtime.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;

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
      case AUTO -> isTerminal() ? new Bar(err) : new Silent();
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

  /**
   * A bar on one line, redrawn in place and removed at the end. The clock beside it goes on while a
   * stage is long.
   */
  final class Bar implements ProgressDisplay {
    private static final int WIDTH = 30;
    private static final long TICK_MILLIS = 500;

    /** Carriage return, then the control sequence that clears the line. */
    private static final String CLEAR = "\r\u001b[K";

    private final PrintWriter err;
    private final long start = System.nanoTime();
    private final Thread clock = new Thread(this::tick, "zkc-progress");
    private String stage = "";
    private double fraction;
    private boolean closed;

    Bar(PrintWriter err) {
      this.err = err;
      clock.setDaemon(true);
      clock.start();
    }

    @Override
    public synchronized void report(String stage, double fraction) {
      this.stage = stage;
      this.fraction = Math.clamp(fraction, 0, 1);
      draw();
    }

    private void tick() {
      try {
        while (true) {
          Thread.sleep(TICK_MILLIS);
          draw();
        }
      } catch (InterruptedException closed) {
        Thread.currentThread().interrupt();
      }
    }

    private synchronized void draw() {
      if (closed || stage.isEmpty()) {
        return;
      }
      int done = (int) Math.round(fraction * WIDTH);
      long seconds = (System.nanoTime() - start) / 1_000_000_000L;
      err.print(
          String.format(
              Locale.ROOT,
              "%s%3.0f%% [%s%s] %d:%02d %s",
              CLEAR,
              fraction * 100,
              "=".repeat(done),
              " ".repeat(WIDTH - done),
              seconds / 60,
              seconds % 60,
              stage));
      err.flush();
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        clock.interrupt();
        err.print(CLEAR);
        err.flush();
      }
    }
  }
}
