package org.zkc.runtime.cost;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32;
import org.zkc.gkr.kernel.Provider;
import org.zkc.passes.cost.ProverCosts;

/**
 * Unit costs of the machine that this process runs on, for figures that are shown to users.
 * Decisions about artefacts use {@link ProverCosts#FITTED}, which is the same everywhere.
 *
 * <p>The rates are measured a few times for each machine and JDK, by processes that have vector
 * kernels, and the lowest are kept in a file that every later process reads: a machine that was
 * busy at the first time is not taken for a slow one for ever.
 */
public final class MachineCosts {
  /**
   * The system property that allows this; the launchers set it. With {@code machine} rates are read
   * and measured, with {@code read} they are read alone. Without it costs are the fitted ones.
   */
  public static final String PROPERTY = "zkc.costs";

  private static final String MACHINE = "machine";
  private static final String READ = "read";

  /** Grows when the loops change, so that older files are measured again. */
  private static final int VERSION = 4;

  /** Processes that measure a machine. */
  private static final int MEASUREMENTS = 3;

  private static final String MEASURED = "# measured ";

  private static final String RESOURCE = "reference-rates.properties";

  private static final Logger LOG = System.getLogger(MachineCosts.class.getName());

  private final Path file;
  private final Optional<MachineRates> rates;
  private final int measurements;

  private MachineCosts(Path file, Optional<MachineRates> rates, int measurements) {
    this.file = file;
    this.rates = rates;
    this.measurements = measurements;
  }

  /** The rates of the machine that {@link ProverCosts#FITTED} was fitted on. */
  static MachineRates reference() {
    try (InputStream in =
        Objects.requireNonNull(
            MachineCosts.class.getResourceAsStream(RESOURCE), "a resource of this package")) {
      return MachineRates.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The costs as far as {@code cache} knows them.
   *
   * @param cache the folder of the user's cache, which need not exist
   */
  public static MachineCosts read(Path cache) {
    Path file = cache.resolve("rates-%08x.properties".formatted(fingerprint()));
    if (setting().equals(MACHINE) || setting().equals(READ)) {
      try {
        String text = Files.readString(file);
        return new MachineCosts(file, Optional.of(MachineRates.of(text)), measurements(text));
      } catch (IOException | IllegalArgumentException e) {
        // Not measured, or by something else: as if it were not there.
        LOG.log(Level.DEBUG, "the rates of this machine are not known", e);
      }
    }
    return new MachineCosts(file, Optional.empty(), 0);
  }

  /**
   * How many processes have measured what the first line of a file says, as far as one can tell.
   */
  private static int measurements(String text) {
    String first = text.lines().findFirst().orElse("");
    return first.startsWith(MEASURED)
        ? Integer.parseInt(first.substring(MEASURED.length()).trim())
        : 1;
  }

  /**
   * Measures the machine and keeps the lower of each rate and the one that is known, for the next
   * reader, where this process may and has vector kernels.
   */
  public void measure() {
    if (!isMeasuredHere() || Provider.chosen() != Provider.VECTOR) {
      return;
    }
    MachineRates here = MachineRates.measure();
    String text = MEASURED + (measurements + 1) + "\n" + rates.map(here::least).orElse(here).text();
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the rates of this machine are not kept", e);
    }
  }

  private static boolean isMeasuredHere() {
    return setting().equals(MACHINE);
  }

  private static String setting() {
    return System.getProperty(PROPERTY, "");
  }

  /** Whether the machine was measured. */
  boolean isMeasured() {
    return rates.isPresent();
  }

  /**
   * Whether this process need not measure: it may not, or the machine was measured as often as is
   * worth the seconds that it takes.
   */
  public boolean isSettled() {
    return !isMeasuredHere() || measurements >= MEASUREMENTS;
  }

  /** The costs of a unit of each kind of work here, or where they were fitted. */
  public ProverCosts costs() {
    return rates.map(r -> r.carry(ProverCosts.FITTED, reference())).orElse(ProverCosts.FITTED);
  }

  /** The machine that the costs are those of, in words. */
  public String text() {
    return rates
        .map(r ->
            String.format(
                Locale.ROOT,
                "for this machine, measured %s: lookups take %.2f, commitments %.2f of the time"
                    + " that they take where the costs were fitted",
                measurements == 1 ? "once" : measurements + " times",
                r.ratio("lookups", reference()),
                r.ratio("commitment", reference())))
        .orElse("for the machine that the costs were fitted on");
  }

  private static long fingerprint() {
    CRC32 sum = new CRC32();
    String text = VERSION + "\n" + System.getProperty("os.arch") + "\n" + Runtime.version() + "\n";
    sum.update((text + processor()).getBytes(StandardCharsets.UTF_8));
    return sum.getValue();
  }

  /** Model and features of the first processor, as far as the system tells. */
  private static String processor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .takeWhile(line -> !line.isEmpty())
          .filter(line ->
              line.startsWith("model")
                  || line.startsWith("cpu family")
                  || line.startsWith("stepping")
                  || line.startsWith("flags"))
          .reduce("", (a, b) -> a + b + "\n");
    } catch (IOException | UncheckedIOException e) {
      return "";
    }
  }
}
