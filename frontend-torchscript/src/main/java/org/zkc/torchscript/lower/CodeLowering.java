package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.torchscript.archive.TorchArchive;
import org.zkc.torchscript.code.ClassDefinition;
import org.zkc.torchscript.code.Expression;
import org.zkc.torchscript.code.FunctionDefinition;
import org.zkc.torchscript.code.TypeNames;
import org.zkc.torchscript.pickle.PickleValue;

/**
 * From code and module tree to a torch-level program: {@code main} is the root's forward between
 * the root's own hooks, or another of its methods; each method of each module instance that it
 * reaches becomes a function of its own, in which parameters are constants. A function is lowered
 * once for each combination of literal arguments, so that branches on flags are decided while
 * reading.
 */
public final class CodeLowering {

  /**
   * Statements and expressions lowered, and names and values copied for arms of control flow;
   * ResNet-18 takes 2,000. Bounds archives made to explode.
   */
  private static final long MAX_STEPS = 400_000;

  private static final int MAX_CALL_DEPTH = 128;

  private final CodeLibrary library;
  private final Attributes attributes;
  private final Optional<PickleValue.Tuple> constants;
  private final Map<String, LoweredFunction> lowered = new HashMap<>();
  private final Set<String> inProgress = new HashSet<>();
  private final Set<String> functionNames = new HashSet<>();
  private final List<Function> functions = new ArrayList<>();
  private final Optional<ReadFaults> faults;
  private long steps;

  private CodeLowering(
      CodeLibrary library,
      PickleValue.Instance root,
      Optional<PickleValue.Tuple> constants,
      Optional<ReadFaults> faults) {
    this.library = library;
    this.faults = faults;
    this.constants = constants;
    PackedObjects packed = new PackedObjects(library);
    packed.restore(root);
    constants.ifPresent(packed::restore);
    this.attributes = new Attributes(this, root);
    functionNames.add("main");
  }

  /**
   * A tensor parameter of main.
   *
   * @param name its path in the method's arguments: {@code x}, {@code batch.mask}
   * @param position the same with the argument's number in place of its name: {@code 0}, {@code
   *     1.mask}
   */
  public record Input(String name, String position) {}

  /** A program and the tensor parameters of its main. */
  public record Lowered(Program program, List<Input> inputs) {}

  /**
   * Lowers a method of the root module.
   *
   * @param archive holds the code
   * @param root the object of data.pkl
   * @param constants the tuple of constants.pkl
   * @param method the method's name
   * @param given the inputs that are known to be there
   */
  public static Lowered lower(
      TorchArchive archive,
      PickleValue.Instance root,
      Optional<PickleValue.Tuple> constants,
      String method,
      Inputs given) {
    return new CodeLowering(new CodeLibrary(archive), root, constants, Optional.empty())
        .program(root, method, given);
  }

  /**
   * A reading that went on after faults.
   *
   * @param lowered with {@link org.zkc.ir.torch.Operator#UNKNOWN} in place of what could not be
   *     read; empty where a fault concerns the method as a whole
   * @param faults in the order in which they were met; empty where {@link #lower} succeeds
   */
  public record Checked(Optional<Lowered> lowered, List<UserException> faults) {
    public Checked {
      faults = List.copyOf(faults);
    }
  }

  /** Lowers as {@link #lower} does, and goes on after statements that cannot be lowered. */
  public static Checked check(
      TorchArchive archive,
      PickleValue.Instance root,
      Optional<PickleValue.Tuple> constants,
      String method,
      Inputs given) {
    ReadFaults faults = new ReadFaults();
    Optional<Lowered> lowered;
    List<UserException> last = new ArrayList<>();
    try {
      lowered =
          Optional.of(
              new CodeLowering(new CodeLibrary(archive), root, constants, Optional.of(faults))
                  .program(root, method, given));
    } catch (UserException e) {
      lowered = Optional.empty();
      last.add(e);
    }
    return new Checked(lowered, Stream.concat(faults.found().stream(), last.stream()).toList());
  }

  private Lowered program(PickleValue.Instance root, String method, Inputs given) {
    CodeLibrary.Located<ClassDefinition> type =
        library.requireClass(root.className(), Location.UNKNOWN);
    FunctionDefinition definition =
        type.definition()
            .method(method)
            // A module whose forward has overloads, as LSTM's, is called by the first of them.
            .or(() -> type.definition().method(method + "__0"))
            .orElseThrow(() -> noMethod(type.definition(), root.className(), method));
    Frame frame = new Frame(type.code(), Location.UNKNOWN);
    MainSignature signature = new MainSignature(this, frame, definition, given);
    frame.names().put(definition.parameters().getFirst().name(), new Binding.Module(root, ""));
    signature.bindParameters();
    Binding returned;
    if (method.equals("forward")) {
      Hooks hooks =
          new Hooks(this, frame, new Binding.Module(root, ""), type.definition(), definition);
      hooks.before();
      returned = hooks.after(new StatementLowering(this, frame).body(definition));
    } else {
      returned = new StatementLowering(this, frame).body(definition);
    }
    List<Value> results = signature.results(returned);
    Function main =
        new Function(
            "main", frame.region().finish(signature.parameters(), results), Location.UNKNOWN);
    functions.addFirst(main);
    return new Lowered(new Program(Level.TORCH, functions), signature.inputs());
  }

  private static UserException noMethod(ClassDefinition type, String className, String method) {
    String others =
        type.methods().stream()
            .map(FunctionDefinition::name)
            .filter(name -> !name.startsWith("__"))
            .collect(Collectors.joining(", "));
    return new UserException(
        "The model's class %s has no method %s%s."
            .formatted(
                CodeLibrary.demangled(className),
                method,
                others.isEmpty()
                    ? "; export a module that has one"
                    : "; pass --method with one of those that it has: " + others));
  }

  CodeLibrary library() {
    return library;
  }

  Optional<ReadFaults> faults() {
    return faults;
  }

  /**
   * The place for a fault after which the reading goes on.
   *
   * @throws UserException {@code reason} itself where it ends the reading
   */
  ReadFaults goesOnAfter(UserException reason) {
    if (steps > MAX_STEPS) {
      throw reason;
    }
    return faults.orElseThrow(() -> reason);
  }

  /** The value of an expression, or an unknown one of the type where faults are collected. */
  Binding orUnknown(Frame frame, Expression read, TorchType type, Supplier<Binding> evaluation) {
    try {
      return evaluation.get();
    } catch (UserException e) {
      ReadFaults collected = goesOnAfter(e);
      collected.add(e, frame, List.of(read));
      return collected.unknown(frame, "v", type, List.of(read), frame.locate(read.offset()));
    }
  }

  Attributes attributes() {
    return attributes;
  }

  /** Element {@code index} of constants.pkl. */
  Optional<PickleValue> constant(int index) {
    return constants
        .filter(c -> index >= 0 && index < c.elements().size())
        .map(c -> c.elements().get(index));
  }

  /** Counts work; refuses archives that unfold without end. */
  void step(Location at) {
    work(1, at);
  }

  /** Counts several steps of work at once. */
  void work(long amount, Location at) {
    steps += amount;
    if (steps > MAX_STEPS) {
      throw new UserException(
          at,
          "The model's code unfolds into more than %d steps; zkc does not read it."
              .formatted(MAX_STEPS));
    }
  }

  /**
   * The function for a call with these arguments, lowered now or before.
   *
   * @param self the module whose method it is, or empty for a free function
   * @param arguments one binding per parameter after {@code self}
   */
  LoweredFunction function(
      CodeLibrary.Located<FunctionDefinition> definition,
      String qualifiedName,
      Optional<Binding.Module> self,
      List<Binding> arguments,
      Location callSite) {
    FunctionDefinition function = definition.definition();
    Location site = definition.code().isTorch() ? callSite : Location.UNKNOWN;
    String key = key(qualifiedName, self, arguments, site);
    LoweredFunction known = lowered.get(key);
    if (known != null) {
      return known;
    }
    if (inProgress.contains(key)) {
      throw new UserException(
          callSite,
          "The function %s calls itself; zkc does not support recursion."
              .formatted(function.name()));
    }
    if (inProgress.size() >= MAX_CALL_DEPTH) {
      throw new UserException(
          callSite,
          "Modules or functions are nested more than %d deep; put the layers into one nn.Sequential rather than one into the other."
              .formatted(MAX_CALL_DEPTH));
    }
    inProgress.add(key);
    try {
      LoweredFunction result =
          body(function, qualifiedName, self, arguments, definition.code(), site);
      lowered.put(key, result);
      return result;
    } finally {
      inProgress.remove(key);
    }
  }

  private LoweredFunction body(
      FunctionDefinition function,
      String qualifiedName,
      Optional<Binding.Module> self,
      List<Binding> arguments,
      CodeLibrary.Code code,
      Location site) {
    Frame frame = new Frame(code, site);
    List<Value> parameters = new ArrayList<>();
    int first = self.isPresent() ? 1 : 0;
    self.ifPresent(module -> frame.names().put(function.parameters().get(0).name(), module));
    for (int i = 0; i < arguments.size(); i++) {
      String name = function.parameters().get(first + i).name();
      Binding argument = arguments.get(i);
      if (argument instanceof Binding.Dynamic d) {
        Value value = frame.define(name, d.type());
        parameters.add(value);
        argument = new Binding.Dynamic(value, d.type());
      }
      frame.names().put(name, argument);
    }
    Binding returned = new StatementLowering(this, frame).body(function);
    return finish(
        uniqueName(qualifiedName, self),
        frame,
        parameters,
        returned,
        frame.locate(function.offset()));
  }

  private LoweredFunction finish(
      String name, Frame frame, List<Value> parameters, Binding returned, Location at) {
    MemoryAliases aliases = frame.aliases();
    List<Value> results = new ArrayList<>();
    LoweredFunction.Returned returns;
    if (returned instanceof Binding.Dynamic d) {
      Value value = frame.value(d, at);
      int parameter = parameters.indexOf(value);
      if (parameter >= 0) {
        returns = new LoweredFunction.Returned.Parameter(parameter, d.type());
      } else {
        returns = new LoweredFunction.Returned.Result(0, d.type());
        results.add(value);
      }
    } else {
      returns = new LoweredFunction.Returned.Known(returned);
    }
    List<LoweredFunction.Written> written = new ArrayList<>();
    List<LoweredFunction.Stale> stale = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Value now = aliases.latest(parameters.get(i));
      if (aliases.isStale(now)) {
        stale.add(new LoweredFunction.Stale(i, at));
      } else if (now != parameters.get(i)) {
        if (!results.contains(now)) {
          results.add(now);
        }
        written.add(new LoweredFunction.Written(i, results.indexOf(now)));
      }
    }
    List<Value> places = new ArrayList<>(parameters);
    places.addAll(results);
    boolean empty = frame.region().isEmpty() && results.isEmpty();
    List<TorchType> types = results.stream().map(v -> (TorchType) v.type()).toList();
    LoweredFunction function =
        new LoweredFunction(
            name,
            empty,
            types,
            returns,
            written,
            stale,
            relations(aliases, places),
            IntStream.range(0, parameters.size())
                .filter(i -> aliases.isWrittenInside(parameters.get(i)))
                .boxed()
                .toList(),
            aliases.hasTangled());
    if (!empty) {
      functions.add(new Function(name, frame.region().finish(parameters, results), at));
    }
    return function;
  }

  private static List<LoweredFunction.Relation> relations(
      MemoryAliases aliases, List<Value> places) {
    List<LoweredFunction.Relation> out = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      for (int j = 0; j < places.size(); j++) {
        if (i < j && aliases.mayShare(places.get(i), places.get(j))) {
          out.add(new LoweredFunction.Relation(i, j, LoweredFunction.Kind.SHARE));
        }
        if (i < j && aliases.mayShareContents(places.get(i), places.get(j))) {
          out.add(new LoweredFunction.Relation(i, j, LoweredFunction.Kind.SHARE_CONTENTS));
        }
        if (i != j && aliases.mayHold(places.get(i), places.get(j))) {
          out.add(new LoweredFunction.Relation(i, j, LoweredFunction.Kind.LEFT_HOLDS_RIGHT));
        }
      }
    }
    return out;
  }

  private static String key(
      String qualifiedName, Optional<Binding.Module> self, List<Binding> arguments, Location site) {
    StringBuilder key = new StringBuilder(qualifiedName);
    self.ifPresent(module -> key.append(" on ").append(module.path()));
    for (Binding argument : arguments) {
      key.append(" | ");
      switch (argument) {
        case Binding.Dynamic d -> key.append(TypeNames.text(d.type()));
        case Binding.Literal l ->
            key.append("= ").append(TypeNames.text(l.type())).append(' ').append(l.text());
        case Binding.Module m -> key.append("module ").append(m.path());
        case Binding.FunctionReference f -> key.append("function ").append(f.qualifiedName());
        case Binding.InertGuard _ -> key.append("guard");
      }
    }
    return key.append(" @ ").append(site).append(site.text()).toString();
  }

  /** {@code layers.0.conv1.forward}; {@code torch.nn.functional.relu} as {@code relu}. */
  private String uniqueName(String qualifiedName, Optional<Binding.Module> self) {
    String last = qualifiedName.substring(qualifiedName.lastIndexOf('.') + 1);
    String base = self.map(m -> m.pathOf(last)).orElse(last).replaceAll("[^A-Za-z0-9_.]", "_");
    String name = base;
    for (int i = 2; !functionNames.add(name); i++) {
      name = base + "." + i;
    }
    return name;
  }
}
