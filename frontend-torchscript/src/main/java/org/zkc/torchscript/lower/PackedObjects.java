package org.zkc.torchscript.lower;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Location;
import org.zkc.ir.UserException;
import org.zkc.torchscript.code.Expression;
import org.zkc.torchscript.code.FunctionDefinition;
import org.zkc.torchscript.code.Statement;
import org.zkc.torchscript.pickle.PickleValue;

/**
 * Objects that are stored as the argument of their own {@code __setstate__}: the packed weights of
 * PyTorch's quantised layers, whose layouts are those of ATen/native/quantized/PackedParams.h and
 * its neighbours, and the layers themselves, whose method the archive's code holds. The attributes
 * of each are made of its state.
 *
 * <p>A packed linear layer has the attributes weight and bias. A packed convolution has also
 * stride, padding, dilation, output_padding, groups and transposed. A packed embedding has weight,
 * and a packed recurrent cell the weights and biases of {@code aten.lstm}'s parameters.
 */
final class PackedObjects {
  private static final String PACKED = "__torch__.torch.classes.quantized.";
  private static final String CELL = "__torch__.torch.classes.rnn.CellParamsBase";

  private final CodeLibrary library;

  /** An object, and the parts of its state by their places. */
  private record Place(PickleValue.Instance object, List<PickleValue> state) {
    PickleValue at(int index) {
      if (index < 0 || index >= state.size()) {
        throw unknown(object);
      }
      return state.get(index);
    }
  }

  PackedObjects(CodeLibrary library) {
    this.library = library;
  }

  /** Whether an object is one of PyTorch's own classes that hold packed weights. */
  static boolean isPacked(PickleValue.Instance object) {
    return object.className().startsWith(PACKED) || object.className().equals(CELL);
  }

  /** Makes the attributes of all objects below a value that have a state. */
  void restore(PickleValue root) {
    Set<PickleValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<PickleValue> pending = new ArrayDeque<>(List.of(root));
    List<PickleValue.Instance> found = new ArrayList<>();
    while (!pending.isEmpty()) {
      PickleValue value = pending.pop();
      if (!seen.add(value)) {
        continue;
      }
      switch (value) {
        case PickleValue.Instance i -> {
          if (i.state().isPresent()) {
            found.add(i);
            pending.push(i.state().get());
          }
          i.attributes().values().forEach(pending::push);
        }
        case PickleValue.ListValue l -> l.elements().forEach(pending::push);
        case PickleValue.Tuple t -> t.elements().forEach(pending::push);
        case PickleValue.Dict d -> d.entries().values().forEach(pending::push);
        case PickleValue.TensorValue _,
            PickleValue.AffineValue _,
            PickleValue.None _,
            PickleValue.Bool _,
            PickleValue.Int _,
            PickleValue.Float _,
            PickleValue.Text _,
            PickleValue.Complex _,
            PickleValue.Device _,
            PickleValue.Global _,
            PickleValue.StorageValue _ -> {}
      }
    }
    // The content of an object's state was found after the object.
    found.reversed().forEach(this::restoreOne);
  }

  private void restoreOne(PickleValue.Instance object) {
    if (!(object.state().orElseThrow() instanceof PickleValue.Tuple state)) {
      throw unknown(object);
    }
    Place place = new Place(object, state.elements());
    Map<String, PickleValue> attributes = object.attributes();
    try {
      switch (object.className()) {
        case PACKED + "LinearPackedParamsBase" -> {
          attributes.put("weight", place.at(0));
          attributes.put("bias", place.at(1));
        }
        case PACKED + "Conv2dPackedParamsBase", PACKED + "Conv3dPackedParamsBase" ->
            convolution(place);
        case PACKED + "EmbeddingPackedParamsBase" ->
            attributes.put("weight", list(place.at(1)).getFirst());
        case CELL -> cell(place);
        default -> byCode(place);
      }
    } catch (ClassCastException | IndexOutOfBoundsException e) {
      throw unknown(object);
    }
  }

  private static List<PickleValue> list(PickleValue value) {
    return ((PickleValue.ListValue) value).elements();
  }

  /** Versions "2" and 3: what the convolution is, weights, and biases. */
  private static void convolution(Place place) {
    List<Long> shape = new ArrayList<>();
    PickleValue weight;
    PickleValue bias;
    if (place.at(0).equals(new PickleValue.Text("2"))) {
      List<PickleValue> tensors = list(place.at(1));
      var numbers = ((PickleValue.TensorValue) tensors.getFirst()).tensor().data("a convolution");
      for (int i = 0; i < numbers.elementCount(); i++) {
        shape.add(numbers.getLong(i));
      }
      weight = tensors.get(1);
      bias = list(place.at(2)).getFirst();
    } else if (place.at(0).equals(new PickleValue.Int(3))) {
      list(place.at(1)).forEach(n -> shape.add(((PickleValue.Int) n).value()));
      weight = list(place.at(2)).get(1);
      bias = list(place.at(2)).get(2);
    } else {
      throw unknown(place.object);
    }
    int axes = Math.toIntExact(shape.getFirst());
    Map<String, PickleValue> attributes = place.object.attributes();
    attributes.put("weight", weight);
    attributes.put("bias", bias);
    int at = 1;
    for (String name : List.of("stride", "padding", "dilation", "output_padding")) {
      attributes.put(name, ints(shape.subList(at, at + axes)));
      at += axes;
    }
    attributes.put("groups", new PickleValue.Int(shape.get(at)));
    attributes.put("transposed", new PickleValue.Bool((shape.get(at + 1) & 1) != 0));
  }

  private static PickleValue ints(List<Long> values) {
    return new PickleValue.Tuple(
        values.stream().map(v -> (PickleValue) new PickleValue.Int(v)).toList());
  }

  /** A cell's packed weights: those of the input and of the state, with biases of their own. */
  private static void cell(Place place) {
    List<PickleValue> packed = list(place.at(4));
    if (packed.size() != 2) {
      throw unknown(place.object);
    }
    for (String part : List.of("weight", "bias")) {
      for (int i = 0; i < 2; i++) {
        place
            .object
            .attributes()
            .put(
                part + (i == 0 ? "_ih" : "_hh"),
                attribute(place, (PickleValue.Instance) packed.get(i), part));
      }
    }
  }

  /**
   * A layer of torch.ao: its {@code __setstate__} takes the parts of its state in turn, and packs
   * weight and bias by its method {@code set_weight_bias}.
   */
  private void byCode(Place place) {
    PickleValue.Instance object = place.object;
    Optional<FunctionDefinition> method =
        library
            .requireClass(object.className(), Location.UNKNOWN)
            .definition()
            .method("__setstate__");
    if (method.isEmpty() || method.get().parameters().size() != 2) {
      throw unknown(object);
    }
    String state = method.get().parameters().get(1).name();
    List<PickleValue> packed = new ArrayList<>();
    for (Statement statement : method.get().body()) {
      switch (statement) {
        case Statement.SetAttribute s ->
            object.attributes().put(s.name(), place.at(index(place, s.value(), state)));
        case Statement.Assign a -> packed.addAll(weightAndBias(place, a.value(), state));
        case Statement.Effect e -> packed.addAll(weightAndBias(place, e.expression(), state));
        case Statement.Return _, Statement.Pass _ -> {}
        case Statement.AssignResults _,
            Statement.Unpack _,
            Statement.AssignTogether _,
            Statement.If _,
            Statement.While _,
            Statement.For _,
            Statement.With _,
            Statement.NestedFunction _ ->
            throw unknown(object);
      }
    }
    if (packed.size() == 2) {
      pack(place, packed.getFirst(), packed.getLast());
    }
  }

  /** The index of {@code (state)[index]}. */
  private static int index(Place place, Expression value, String state) {
    if (value instanceof Expression.Subscript s
        && s.base() instanceof Expression.Name n
        && n.name().equals(state)
        && s.indices().size() == 1
        && s.indices().getFirst() instanceof Expression.IntLiteral i) {
      return Math.toIntExact(i.value());
    }
    throw unknown(place.object);
  }

  private static List<PickleValue> weightAndBias(Place place, Expression value, String state) {
    if (value instanceof Expression.Call c
        && c.function() instanceof Expression.Attribute a
        && a.name().equals("set_weight_bias")
        && c.positional().size() == 2) {
      return c.positional().stream().map(e -> place.at(index(place, e, state))).toList();
    }
    throw unknown(place.object);
  }

  private void pack(Place place, PickleValue weight, PickleValue bias) {
    Map<String, PickleValue> own = place.object.attributes();
    String type =
        library
            .requireClass(place.object.className(), Location.UNKNOWN)
            .definition()
            .field("_packed_params")
            .map(f -> f.type().toString())
            .orElseThrow(() -> unknown(place.object));
    PickleValue.Instance packed =
        PickleValue.Instance.of(
            type.contains("Linear")
                ? PACKED + "LinearPackedParamsBase"
                : type.contains("Conv3d")
                    ? PACKED + "Conv3dPackedParamsBase"
                    : PACKED + "Conv2dPackedParamsBase");
    packed.attributes().put("weight", weight);
    packed.attributes().put("bias", bias);
    if (!type.contains("Linear")) {
      boolean isPadded =
          !Optional.of(new PickleValue.Text("zeros"))
              .equals(Optional.ofNullable(own.get("padding_mode")));
      for (String name : List.of("stride", "padding", "dilation", "output_padding")) {
        PickleValue given = attribute(place, place.object, name);
        // Borders of other kinds are made before the layer is called.
        packed.attributes().put(name, isPadded && name.equals("padding") ? zeros(given) : given);
      }
      packed.attributes().put("groups", attribute(place, place.object, "groups"));
      packed.attributes().put("transposed", attribute(place, place.object, "transposed"));
    }
    own.put("_packed_params", packed);
  }

  private static PickleValue attribute(Place place, PickleValue.Instance of, String name) {
    return Optional.ofNullable(of.attributes().get(name)).orElseThrow(() -> unknown(place.object));
  }

  private static PickleValue zeros(PickleValue tuple) {
    return ints(Collections.nCopies(((PickleValue.Tuple) tuple).elements().size(), 0L));
  }

  private static UserException unknown(PickleValue.Instance object) {
    return new UserException(
        "An object of class %s has its own __setstate__, of a form that zkc does not read; export the model without it, or with a current version of PyTorch."
            .formatted(CodeLibrary.demangled(object.className())));
  }
}
