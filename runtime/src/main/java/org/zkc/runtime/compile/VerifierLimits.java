package org.zkc.runtime.compile;

import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitLimits;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.circuit.TensorDeclaration.Role;
import org.zkc.gkr.estimate.VerifierBounds;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.file.Generation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.ir.Function;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.UserException;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.passes.quantize.TopKLowering;
import org.zkc.runtime.emit.EmittedCircuit;

/**
 * The questions that a compilation asks the verifier before anything is committed to or written: a
 * model that {@code verify} would refuse, for its size or its names, is refused here.
 */
final class VerifierLimits {
  private static final String PARTS = "compile its parts on their own";

  /** The remedy where logits of a large vocabulary are too many public integers. */
  private static final String STATE_TOKENS =
      "--generation, which states the next tokens of a language model in place of their logits";

  private static final long READS_PER_ELEMENT = 4;

  /** A circuit holds a fourth of that, with what its views read. */
  private static final long MOST_READS = READS_PER_ELEMENT * CircuitLimits.TOTAL_ELEMENTS;

  private VerifierLimits() {}

  /**
   * The circuit once every condition of the verifier is checked that does not depend on a proof.
   *
   * @throws UserException when it is too large for a verifier; at the source line of the relation
   *     that is, where there is one
   */
  static CheckedCircuit check(
      EmittedCircuit emitted,
      List<Port> inputs,
      List<Port> outputs,
      Optional<Generation> generation) {
    try {
      CheckedCircuit checked = CircuitCheck.check(emitted.circuit());
      VerifierKey key = withoutModel(checked);
      VerifierBounds.require(key);
      readsBack(new KeyFile(key, inputs, outputs, generation));
      return checked;
    } catch (CircuitTooLarge e) {
      Location location =
          e.relation().isPresent()
              ? emitted.origins().get(e.relation().getAsInt()).location()
              : Location.UNKNOWN;
      throw tooLarge(location, String.valueOf(e.getMessage()), generation);
    } catch (InvalidCircuit e) {
      throw new IllegalStateException(
          "the compiler made a circuit that the backend refuses: " + e.getMessage(), e);
    }
  }

  /**
   * Asks before anything is calibrated whether a statement may hold the program's inputs and
   * outputs: a search for precision takes minutes.
   *
   * @throws UserException at the line of the largest output, when it may not; for an input or
   *     output without elements
   */
  static void requireStatement(Function main, Optional<Generation> generation) {
    Set<Value> stated = Collections.newSetFromMap(new IdentityHashMap<>());
    stated.addAll(main.parameters());
    stated.addAll(main.results());
    for (Value value : stated) {
      if (value.shape().elementCount() == 0) {
        throw new UserException(
            Uses.of(main).definition(value).map(Op::location).orElse(Location.UNKNOWN),
            "an %s of shape %s has no elements, so that there is nothing to prove of it"
                .formatted(main.parameters().contains(value) ? "input" : "output", value.shape()),
            "leave it out of the model");
      }
    }
    long elements = stated.stream().mapToLong(v -> v.shape().elementCount()).sum();
    if (elements > CircuitLimits.PUBLIC_ELEMENTS) {
      Location location =
          main.results().stream()
              .max(Comparator.comparingLong(v -> v.shape().elementCount()))
              .flatMap(v -> Uses.of(main).definition(v))
              .map(Op::location)
              .orElse(Location.UNKNOWN);
      String found =
          "%d elements of inputs and outputs, more than %d"
              .formatted(elements, CircuitLimits.PUBLIC_ELEMENTS);
      throw tooLarge(location, found, generation);
    }
  }

  /**
   * Asks before anything is run on samples whether a verifier could read what windows and orders
   * read: a cumulative sum of a million elements takes hours to calibrate.
   *
   * @throws UserException at the line of the first op that reads far more than a circuit may hold
   */
  static void requireReads(Function main, Optional<Generation> generation) {
    for (Op op : main.body()) {
      double reads = reads(op);
      if (reads > MOST_READS) {
        String found =
            "%.0f elements that one operation reads, more than %d in all"
                .formatted(reads, CircuitLimits.TOTAL_ELEMENTS);
        throw tooLarge(op.location(), found, generation);
      }
    }
  }

  /**
   * Asks before anything is run on samples whether one proof could look up what the activations
   * give: an archive of a few lines can double a tensor until samples of it fill the memory.
   *
   * @throws UserException at the line of the op that no proof has room for any more
   */
  static void requireLookups(Function main, Optional<Generation> generation) {
    long lookups = 0;
    for (Op op : main.body()) {
      lookups += lookups(op);
      if (lookups > CircuitLimits.LEAVES) {
        String found =
            "%d lookups of activations, more than %d".formatted(lookups, CircuitLimits.LEAVES);
        throw tooLarge(op.location(), found, generation);
      }
    }
  }

  /** The least lookups that an op takes; 0 where that depends on what becomes of the op. */
  private static long lookups(Op op) {
    return switch (op) {
      case Activation a -> a.result().shape().elementCount();
      case Relu r -> r.result().shape().elementCount();
      case Softmax s -> s.result().shape().elementCount();
      default -> 0;
    };
  }

  /** The elements that an op reads one by one for its results; 0 for other kinds of op. */
  private static double reads(Op op) {
    return switch (op) {
      case WindowMean w ->
          w.lengths().stream().mapToDouble(n -> n).sum()
              * w.result().shape().elementCount()
              / Math.max(1, w.lengths().size());
      case MaxPool m -> {
        int first = m.result().shape().rank() - m.kernel().size();
        double most = 0;
        for (int k = 0; k < m.kernel().size(); k++) {
          // One window over all of an axis is read in parts.
          boolean isWhole = m.result().shape().extent(first + k) == 1;
          most = Math.max(most, isWhole ? 1 : m.kernel().get(k));
        }
        yield most * m.result().shape().elementCount();
      }
      case TopK t -> READS_PER_ELEMENT * TopKLowering.leastElements(t);
      default -> 0;
    };
  }

  static UserException tooLarge(Location location, String found, Optional<Generation> generation) {
    return new UserException(
        location,
        "the model is too large to be verified (%s); give a smaller --input-shape, or %s"
            .formatted(found, generation.isPresent() ? STATE_TOKENS : PARTS));
  }

  /** The key but for the commitment, on which no limit depends. */
  private static VerifierKey withoutModel(CheckedCircuit checked) {
    boolean hasModel = checked.circuit().tensors().stream().anyMatch(t -> t.role() == Role.MODEL);
    return VerifierKey.of(checked, new byte[hasModel ? VerifierKey.DIGEST_BYTES : 0]);
  }

  private static void readsBack(KeyFile file) {
    try {
      KeyFile.decode(file.encode());
    } catch (VerificationFailure e) {
      throw new UserException(
          "verify would not read the key of this model (%s); give its inputs and outputs other names, or make it smaller"
              .formatted(e.getMessage()));
    }
  }
}
