package org.zkc.passes.generation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.DType;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Region;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.Lowering;

/**
 * A language model becomes a function from a sequence of tokens to the likeliest next token after
 * each of them, so that one pass over a prompt and its continuation checks every generated token:
 * nothing is computed twice, and no state is kept between tokens.
 *
 * <pre>
 *   %logits = ... : tensor&lt;1xTxV:f32&gt;     %top = tensor.top_indices(%logits) {axis = 2, k = 1}
 *   return %logits                            %next = tensor.reshape(%top) : tensor&lt;1xT:i64&gt;
 *                                             return %next
 * </pre>
 *
 * <p>The pass accepts only a causal model, whose logits at a position depend on tokens up to this
 * position; {@link TokenDependence} establishes it. Tokens after a sequence then have no part in
 * the claim about it, and sequences shorter than T are padded. Among equal logits the lowest index
 * is taken.
 */
public final class PrefillReuse {
  /** The lowering under its name. */
  public static final Lowering LOWERING =
      new Lowering(
          "prefill-reuse",
          "Makes a causal language model state the likeliest next token after each token.",
          Level.TENSOR,
          Level.TENSOR,
          "",
          arguments -> {
            if (!arguments.isEmpty()) {
              throw new IllegalArgumentException("prefill-reuse takes no arguments");
            }
            return (program, context) -> {
              Tokens tokens = require(program);
              context.count("prefill-reuse.positions", tokens.length());
              return nextTokens(program);
            };
          });

  /** The remedies end so: what the first output has to be. */
  private static final String FORM =
      "return logits of shape [1, length, vocabulary] first, for tokens of shape [1, length]";

  /**
   * The tokens of a language model.
   *
   * @param input the place of the tokens among main's parameters
   * @param length the number of tokens
   */
  public record Tokens(int input, int length) {}

  private PrefillReuse() {}

  /**
   * The tokens of a causal language model.
   *
   * @throws UserException when the model is none, at the line that breaks it
   */
  public static Tokens require(Program program) {
    Function main = program.main();
    Value logits = main.results().getFirst();
    Location location = location(main, logits);
    List<Integer> extents = logits.shape().extents();
    if (!logits.tensorType().dtype().isFloating() || extents.size() < 2) {
      throw new UserException(
          location,
          "the first output is %s:%s, which are no logits of the next token"
              .formatted(logits.shape(), logits.tensorType().dtype().text()),
          FORM);
    }
    Shape shape = new Shape(extents.subList(0, extents.size() - 1));
    int input = -1;
    for (int i = 0; i < main.parameters().size() && input < 0; i++) {
      TensorType type = main.parameters().get(i).tensorType();
      boolean isInteger = !type.dtype().isFloating() && type.dtype() != DType.I1;
      input = isInteger && type.shape().equals(shape) ? i : -1;
    }
    if (input < 0) {
      throw new UserException(
          location,
          "no input of integers has the shape %s, a token for each line of the logits %s"
              .formatted(shape, logits.shape()),
          FORM);
    }
    int length = extents.stream().limit(shape.rank()).max(Integer::compare).orElse(1);
    if (length != shape.elementCount()) {
      throw new UserException(
          location, "logits of shape %s are of several sequences".formatted(logits.shape()), FORM);
    }
    if (length < 2) {
      throw new UserException(
          location,
          "logits of shape %s are of one token, after which there is none to check"
              .formatted(logits.shape()),
          "compile for a sequence, --input-shape 1x64:i64");
    }
    requireVocabulary(main, main.parameters().get(input), extents.getLast());
    requireCausal(main, main.parameters().get(input), logits, extents.getLast());
    return new Tokens(input, length);
  }

  /** The same where the model is one; empty for all other models. */
  public static Optional<Tokens> find(Program program) {
    try {
      return Optional.of(require(program));
    } catch (UserException e) {
      return Optional.empty();
    }
  }

  /** The op that defines a value, which is none for parameters. */
  private static Optional<Op> definition(Function main, Value value) {
    return main.body().stream().filter(op -> op.definitions().contains(value)).findFirst();
  }

  private static Location location(Function main, Value value) {
    return definition(main, value).map(Op::location).orElse(main.location());
  }

  /** Every token that may be asked for is one that the logits can pick. */
  private static void requireVocabulary(Function main, Value tokens, int vocabulary) {
    Set<Value> same = Collections.newSetFromMap(new IdentityHashMap<>());
    same.add(tokens);
    for (Op op : main.body()) {
      if (op instanceof UnaryView v && same.contains(v.input())) {
        same.add(v.result());
      } else if (op instanceof Cast c && same.contains(c.input())) {
        same.add(c.result());
      } else if (op instanceof Gather g
          && same.contains(g.indices())
          && g.table().shape().extent(0) > vocabulary) {
        throw new UserException(
            g.location(),
            "there are %d tokens, of which the logits can pick %d: this is no language model"
                .formatted(g.table().shape().extent(0), vocabulary),
            FORM);
      }
    }
  }

  private static void requireCausal(Function main, Value tokens, Value logits, int vocabulary) {
    int[] latest = TokenDependence.run(main, tokens, false).of(logits);
    for (int i = 0; i < latest.length; i++) {
      int position = i / vocabulary;
      if (latest[i] > position) {
        Op op = breaking(main, tokens, logits, latest[i]);
        throw new UserException(
            op.location(),
            "through this %s the logits after token %d depend on token %d, and text that was generated can be proved of a causal model alone"
                .formatted(OpSpec.of(op).mnemonic(), position, latest[i]),
            "let each position see the tokens up to its own, by a causal mask or is_causal=True");
      }
    }
  }

  /**
   * The op by which a later token reaches an earlier position. On the way from that token to the
   * logits it is the first whose result has no element that depends only on earlier tokens, as its
   * operand has: what an attention without a mask, a mean over the sequence or a shift loses.
   */
  private static Op breaking(Function main, Value tokens, Value logits, int token) {
    TokenDependence all = TokenDependence.run(main, tokens, true);
    Set<Op> onTheWay = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Value> open = new ArrayDeque<>(List.of(logits));
    while (!open.isEmpty()) {
      Value value = open.pop();
      if (main.parameters().contains(value)) {
        continue;
      }
      Op op = all.definition(value);
      if (onTheWay.add(op)) {
        op.operands().stream().filter(v -> all.latest(v) >= token).forEach(open::push);
      }
    }
    for (Op op : main.body()) {
      if (onTheWay.contains(op) && loses(op, all, token)) {
        return op;
      }
    }
    return all.definition(logits);
  }

  private static boolean loses(Op op, TokenDependence all, int token) {
    boolean[] kept = new boolean[token];
    op.definitions().forEach(v -> mark(all.of(v), kept));
    for (Value operand : op.operands()) {
      if (all.latest(operand) >= token) {
        boolean[] had = new boolean[token];
        mark(all.of(operand), had);
        for (int t = 0; t < token; t++) {
          if (had[t] && !kept[t]) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static void mark(int[] latest, boolean[] seen) {
    Arrays.stream(latest).filter(t -> t >= 0 && t < seen.length).forEach(t -> seen[t] = true);
  }

  /** The program that returns the index of the greatest logit of each line and nothing else. */
  private static Program nextTokens(Program program) {
    Function main = program.main();
    Value logits = main.results().getFirst();
    Location location = location(main, logits);
    int axis = logits.shape().rank() - 1;
    TopIndices top =
        new TopIndices(
            new Value("top", new TensorType(DType.I64, logits.shape().with(axis, 1))),
            logits,
            axis,
            1,
            location);
    Shape shape = new Shape(logits.shape().extents().subList(0, axis));
    Reshape next =
        new Reshape(new Value("next", new TensorType(DType.I64, shape)), top.result(), location);
    List<Op> body = new ArrayList<>(main.body());
    body.add(top);
    body.add(next);
    Region region = new Region(main.parameters(), body, List.of(next.result()));
    return Program.of(
        Level.TENSOR, DeadOps.remove(new Function(main.name(), region, main.location())));
  }
}
