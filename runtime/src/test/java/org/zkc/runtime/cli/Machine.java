package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.zkc.gkr.kernel.Provider;

/** The machine that figures are of, in words. */
final class Machine {
  private Machine() {}

  static String text() {
    return "%s, %d processors, JDK %s, %s"
        .formatted(
            processor(),
            Runtime.getRuntime().availableProcessors(),
            Runtime.version().feature(),
            Provider.reason());
  }

  private static String processor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      String model = System.getProperty("os.arch");
      String family = "";
      for (String line : (Iterable<String>) lines.takeWhile(l -> !l.isEmpty())::iterator) {
        String value = line.substring(line.indexOf(':') + 1).strip();
        if (line.startsWith("model name")) {
          model = value;
        } else if (line.startsWith("cpu family")) {
          family = ", family " + value;
        }
      }
      return model + family;
    } catch (IOException | UncheckedIOException e) {
      return System.getProperty("os.arch");
    }
  }
}
