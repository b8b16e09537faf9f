package org.zkc.passes.cost;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.ToDoubleFunction;

/**
 * The cost of a unit of {@link Work} on one warm thread: nanoseconds, or bytes for the units of
 * memory. There is one set for the whole compiler: for estimates, and for every pass that chooses
 * by cost.
 */
public final class ProverCosts {
  /**
   * Bytes of the launcher's young generation that objects are in at a time: nine tenths of 600 MiB,
   * the other survivor space stays empty.
   */
  public static final double YOUNG_BYTES = 0.9 * 600 * (1 << 20);

  private static final String RESOURCE = "prover-costs.properties";

  /** Fitted by {@code zkc bench fit} to what {@code zkc bench} measured. */
  public static final ProverCosts FITTED = load();

  private final Map<Work, Double> units;

  /**
   * @param units a cost of at least 0 for each kind of work
   */
  public ProverCosts(Map<Work, Double> units) {
    this.units = new EnumMap<>(units);
    for (Work work : Work.values()) {
      Double cost = units.get(work);
      if (cost == null || !(cost >= 0)) {
        throw new IllegalArgumentException("a unit of %s costs %s".formatted(work.label(), cost));
      }
    }
  }

  /** Nanoseconds, or bytes, of one unit. */
  public double of(Work work) {
    return Objects.requireNonNull(units.get(work), "every kind has a cost");
  }

  /** Nanoseconds, or bytes, of {@code amount} units. */
  public double of(Work work, double amount) {
    return of(work) * amount;
  }

  /** Peak resident bytes of a process that proves, from amounts of each kind of work. */
  public double memoryBytes(ToDoubleFunction<Work> amounts) {
    return sum(Work.MEMORY, amounts) + Math.min(YOUNG_BYTES, sum(Work.YOUNG, amounts));
  }

  /** Nanoseconds of a stage, or bytes of a part of the memory. */
  public double sum(String stage, ToDoubleFunction<Work> amounts) {
    return Work.of(stage).stream().mapToDouble(w -> of(w, amounts.applyAsDouble(w))).sum();
  }

  /** The properties file that {@link #FITTED} is read from. */
  public String text() {
    StringBuilder text =
        new StringBuilder(
            """
            # What a unit of work costs one warm thread: nanoseconds; bytes under memory and young-generation.
            # Written by zkc bench fit. See org.zkc.passes.cost.Work for the units.
            """);
    for (Work work : Work.values()) {
      text.append(
          String.format(Locale.ROOT, "%s = %.4g%n", key(work), of(work)).replace("\r\n", "\n"));
    }
    return text.toString();
  }

  private static String key(Work work) {
    return work.stage().replace(' ', '-') + "." + work.label();
  }

  private static ProverCosts load() {
    Properties properties = new Properties();
    try (Reader in =
        new InputStreamReader(
            Objects.requireNonNull(
                ProverCosts.class.getResourceAsStream(RESOURCE), "a resource of this package"),
            StandardCharsets.UTF_8)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    EnumMap<Work, Double> units = new EnumMap<>(Work.class);
    for (Work work : Work.values()) {
      String value = properties.getProperty(key(work));
      if (value != null) {
        units.put(work, Double.parseDouble(value));
      }
    }
    return new ProverCosts(units);
  }
}
