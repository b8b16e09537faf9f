package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.torchscript.code.ClassDefinition;
import org.zkc.torchscript.code.Expression;
import org.zkc.torchscript.code.FunctionDefinition;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * The root module's forward hooks and pre-hooks, which an archive keeps as methods and lists by
 * name in {@code __forward_pre_hooks__} and {@code __forward_hooks__}. PyTorch runs them when the
 * loaded module is called: every pre-hook gets the tuple of inputs and may return others, every
 * hook gets the inputs and the result and may return another. Hooks of inner modules need nothing:
 * the code that calls those modules calls their hooks too.
 */
final class Hooks {
  private final CodeLowering lowering;
  private final Frame frame;
  private final Binding.Module root;
  private final ClassDefinition definition;
  private final FunctionDefinition forward;

  /** The arguments of forward, which may bind its parameters anew. */
  private final List<Binding> inputs = new ArrayList<>();

  /**
   * @param frame of forward, whose parameters are bound to the inputs
   */
  Hooks(
      CodeLowering lowering,
      Frame frame,
      Binding.Module root,
      ClassDefinition definition,
      FunctionDefinition forward) {
    this.lowering = lowering;
    this.frame = frame;
    this.root = root;
    this.definition = definition;
    this.forward = forward;
    for (FunctionDefinition.Parameter p :
        forward.parameters().subList(1, forward.parameters().size())) {
      inputs.add(Objects.requireNonNull(frame.names().get(p.name()), "inputs are bound"));
    }
  }

  /** Runs the pre-hooks and binds forward's parameters to their results. */
  void before() {
    for (String hook : names("__forward_pre_hooks__")) {
      Location at = at(hook);
      Binding returned = call(hook, List.of(inputs(hook, at)), at);
      TorchType type = Frame.typeOf(returned);
      if (isNone(hook, type)) {
        continue;
      }
      List<Binding> changed = List.of(returned);
      if (StaticTypes.isGeneric(type, "Tuple")) {
        List<TorchType> types = ((TorchType.Generic) type).arguments();
        changed = frame.unpack(returned, types, types.stream().map(_ -> "input").toList(), at);
      }
      if (changed.size() >= forward.parameters().size()) {
        throw new UserException(
            at,
            "The hook %s returns %d inputs for a forward of %d arguments; export the model again."
                .formatted(hook, changed.size(), forward.parameters().size() - 1));
      }
      for (int i = 0; i < changed.size(); i++) {
        inputs.set(i, changed.get(i));
        frame.names().put(forward.parameters().get(1 + i).name(), changed.get(i));
      }
    }
  }

  /** Runs the hooks on forward's result and returns their result. */
  Binding after(Binding returned) {
    Binding result = returned;
    List<String> hooks = names("__forward_hooks__");
    if (hooks.isEmpty()) {
      return result;
    }
    for (String hook : hooks) {
      Location at = at(hook);
      Binding changed = call(hook, List.of(inputs(hook, at), result), at);
      if (!isNone(hook, Frame.typeOf(changed))) {
        result = changed;
      }
    }
    return result;
  }

  private Binding call(String hook, List<Binding> arguments, Location at) {
    return new UserCalls(lowering, frame).method(root, hook, arguments, Map.of(), at);
  }

  /** The inputs as the tuple that a hook takes: as many as it declares. */
  private Binding inputs(String hook, Location at) {
    int count =
        method(hook).parameters().stream()
            .skip(1)
            .findFirst()
            .flatMap(FunctionDefinition.Parameter::type)
            .filter(t -> StaticTypes.isGeneric(t, "Tuple"))
            .map(t -> ((TorchType.Generic) t).arguments().size())
            .orElse(inputs.size());
    List<Binding> given = inputs.subList(0, Math.min(count, inputs.size()));
    return frame.tuple(StaticTypes.tuple(given.stream().map(Frame::typeOf).toList()), given, at);
  }

  /** Whether the hook returned nothing, and so leaves all as it is. */
  private boolean isNone(String hook, TorchType type) {
    if (type.equals(StaticTypes.NONE)) {
      return true;
    }
    if (StaticTypes.mayBeNone(type)) {
      throw new UserException(
          at(hook),
          "The hook %s may return None or a value; make it return one of them always."
              .formatted(hook));
    }
    return false;
  }

  private FunctionDefinition method(String hook) {
    return definition
        .method(hook)
        .orElseThrow(() ->
            new UserException(
                "The archive names the hook %s and has no code for it; export the model again."
                    .formatted(hook)));
  }

  private Location at(String hook) {
    return frame.locate(method(hook).offset());
  }

  private List<String> names(String list) {
    List<String> out = new ArrayList<>();
    for (ClassDefinition.Item item : definition.items()) {
      if (item.name().equals(list) && item.value() instanceof Expression.ListLiteral names) {
        for (Expression name : names.elements()) {
          if (name instanceof Expression.StringLiteral s) {
            out.add(s.value());
          }
        }
      }
    }
    return out;
  }
}
