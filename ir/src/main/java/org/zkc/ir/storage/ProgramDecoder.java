package org.zkc.ir.storage;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.ColumnType;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.OpCatalogue;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Region;
import org.zkc.ir.Shape;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.TorchType;
import org.zkc.ir.Type;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerWeights;

/**
 * Turns a stored message into a program. The message may hold anything: every index is checked, and
 * nothing is allocated beyond a small multiple of the message's own size.
 */
final class ProgramDecoder {
  private final Stored.Program stored;
  private final BlobSource blobs;
  private final Map<TensorData, Long> blobNumbers;
  private final Level level;

  /** The values of the function at hand, by number. */
  private List<Value> values = new ArrayList<>();

  /** {@code blobNumbers} receives the numbers of the tensors that are blobs. */
  ProgramDecoder(Stored.Program stored, BlobSource blobs, Map<TensorData, Long> blobNumbers) {
    this.stored = stored;
    this.blobs = blobs;
    this.blobNumbers = blobNumbers;
    this.level =
        Arrays.stream(Level.values())
            .filter(l -> l.text().equals(stored.getLevel()))
            .findFirst()
            .orElseThrow(() -> damaged("there is no level '%s'", stored.getLevel()));
  }

  Program decode() {
    List<Function> functions = new ArrayList<>();
    for (Stored.Function each : stored.getFunctionsList()) {
      values = new ArrayList<>();
      functions.add(
          new Function(
              string(each.getName()), region(each.getRegion()), location(each.getLocation())));
    }
    return new Program(level, functions);
  }

  private Region region(Stored.Region region) {
    List<Value> parameters = definitions(region.getParametersList());
    List<Op> body = new ArrayList<>();
    for (Stored.Operation each : region.getOperationsList()) {
      body.add(operation(each));
    }
    return new Region(parameters, body, read(region.getResultsList()));
  }

  private Op operation(Stored.Operation operation) {
    String mnemonic = string(operation.getMnemonic());
    OpSpec spec =
        OpCatalogue.find(level, mnemonic)
            .orElseThrow(() -> damaged("there is no operation %s.%s", level.text(), mnemonic));
    List<OpSpec.Component> components = spec.components();
    Object[] arguments = new Object[components.size()];
    readOperands(operation, spec, arguments);
    readAttributes(operation, spec, arguments);
    readRegions(operation, spec, arguments);
    List<Value> results = definitions(operation.getResultsList());
    boolean hasResults = false;
    for (int i = 0; i < arguments.length; i++) {
      switch (components.get(i).role()) {
        case RESULT -> {
          arguments[i] = held(components.get(i), results);
          hasResults = true;
        }
        case LOCATION -> arguments[i] = location(operation.getLocation());
        case OPERAND, ATTRIBUTE, REGION -> {}
      }
    }
    if (!hasResults && !results.isEmpty()) {
      throw damaged("%s has no results", mnemonic);
    }
    return spec.create(arguments);
  }

  private void readOperands(Stored.Operation operation, OpSpec spec, Object[] arguments) {
    List<OpSpec.Component> declared = spec.components(OpSpec.Role.OPERAND);
    if (operation.getOperandsCount() != declared.size()) {
      throw damaged(
          "%s has %d operands, %d are stored",
          spec.mnemonic(), declared.size(), operation.getOperandsCount());
    }
    for (int k = 0; k < declared.size(); k++) {
      arguments[spec.components().indexOf(declared.get(k))] =
          held(declared.get(k), read(operation.getOperands(k).getValuesList()));
    }
  }

  private void readRegions(Stored.Operation operation, OpSpec spec, Object[] arguments) {
    List<OpSpec.Component> declared = spec.components(OpSpec.Role.REGION);
    if (operation.getRegionsCount() != declared.size()) {
      throw damaged(
          "%s has %d regions, %d are stored",
          spec.mnemonic(), declared.size(), operation.getRegionsCount());
    }
    for (int k = 0; k < declared.size(); k++) {
      List<Region> regions = new ArrayList<>();
      for (Stored.Region each : operation.getRegions(k).getRegionsList()) {
        regions.add(region(each));
      }
      arguments[spec.components().indexOf(declared.get(k))] = held(declared.get(k), regions);
    }
  }

  private void readAttributes(Stored.Operation operation, OpSpec spec, Object[] arguments) {
    Map<String, Stored.Attribute> given = new HashMap<>();
    for (Stored.Attribute each : operation.getAttributesList()) {
      if (given.put(string(each.getName()), each) != null) {
        throw damaged("an attribute of %s is stored twice", spec.mnemonic());
      }
    }
    for (int i = 0; i < arguments.length; i++) {
      OpSpec.Component c = spec.components().get(i);
      if (c.role() != OpSpec.Role.ATTRIBUTE) {
        continue;
      }
      Optional<Stored.Attribute> attribute = Optional.ofNullable(given.remove(c.name()));
      if (attribute.isEmpty() && c.cardinality() != OpSpec.Cardinality.OPTIONAL) {
        throw damaged("attribute %s of %s is missing", c.name(), spec.mnemonic());
      }
      arguments[i] =
          switch (c.cardinality()) {
            case ONE -> single(attribute.orElseThrow(), c);
            case OPTIONAL -> attribute.map(a -> single(a, c));
            case MANY -> list(attribute.orElseThrow(), c);
          };
    }
    if (!given.isEmpty()) {
      throw damaged("%s has an attribute that it does not know", spec.mnemonic());
    }
  }

  private Object single(Stored.Attribute attribute, OpSpec.Component component) {
    Class<?> wanted = component.element();
    Object found =
        switch (attribute.getValueCase()) {
          case INTEGER -> narrowed(attribute.getInteger(), wanted);
          case REAL -> attribute.getReal();
          case FLAG -> attribute.getFlag();
          case TEXT ->
              wanted.isEnum()
                  ? constant(wanted, string(attribute.getText()))
                  : string(attribute.getText());
          case TENSOR -> tensor(attribute.getTensor());
          case WEIGHTS ->
              IntegerWeights.of(
                  tensor(attribute.getWeights().getMantissas()),
                  attribute.getWeights().getShiftsList());
          case INTEGERS, REALS, TEXTS, VALUE_NOT_SET -> List.of();
        };
    if (!wanted.isInstance(found)) {
      throw damaged("attribute %s is of another type", component.name());
    }
    return found;
  }

  private List<Object> list(Stored.Attribute attribute, OpSpec.Component component) {
    Class<?> wanted = component.element();
    List<Object> out = new ArrayList<>();
    Class<?> found =
        switch (attribute.getValueCase()) {
          case INTEGERS -> {
            attribute.getIntegers().getElementsList().forEach(x -> out.add(narrowed(x, wanted)));
            yield wanted == Integer.class ? Integer.class : Long.class;
          }
          case REALS -> {
            out.addAll(attribute.getReals().getElementsList());
            yield Double.class;
          }
          case TEXTS -> {
            attribute.getTexts().getElementsList().forEach(x -> out.add(string(x)));
            yield String.class;
          }
          case INTEGER, REAL, FLAG, TEXT, TENSOR, WEIGHTS, VALUE_NOT_SET -> Object.class;
        };
    if (wanted != found) {
      throw damaged("attribute %s is of another type", component.name());
    }
    return out;
  }

  /** An int where one is wanted, else the long itself. */
  private static Object narrowed(long value, Class<?> wanted) {
    if (wanted != Integer.class) {
      return value;
    }
    if (value != (int) value) {
      throw damaged("%d does not fit 32 bits", value);
    }
    return (int) value;
  }

  private static Object constant(Class<?> enumeration, String name) {
    for (Object each : enumeration.getEnumConstants()) {
      if (((Enum<?>) each).name().equals(name)) {
        return each;
      }
    }
    throw damaged("'%s' is not a %s", name, enumeration.getSimpleName());
  }

  private static Object held(OpSpec.Component component, List<?> held) {
    boolean fits =
        switch (component.cardinality()) {
          case ONE -> held.size() == 1;
          case OPTIONAL -> held.size() <= 1;
          case MANY -> true;
        };
    if (!fits) {
      throw damaged("%s holds %d values", component.name(), held.size());
    }
    return switch (component.cardinality()) {
      case ONE -> held.getFirst();
      case OPTIONAL -> held.stream().findFirst();
      case MANY -> held;
    };
  }

  private TensorData tensor(Stored.Tensor tensor) {
    DType dtype = dtype(tensor.getDtype());
    Shape shape = new Shape(tensor.getExtentsList());
    long byteSize = Math.multiplyExact(shape.elementCount(), (long) dtype.bytes());
    return switch (tensor.getElementsCase()) {
      case INLINE ->
          new TensorData(dtype, shape, MemorySegment.ofArray(tensor.getInline().toByteArray()));
      case BLOB -> {
        TensorData data = new TensorData(dtype, shape, blobs.blob(tensor.getBlob(), byteSize));
        blobNumbers.put(data, tensor.getBlob());
        yield data;
      }
      case ELEMENTS_NOT_SET -> throw damaged("a tensor has no elements");
    };
  }

  private List<Value> definitions(List<Stored.Value> definitions) {
    List<Value> out = new ArrayList<>();
    for (Stored.Value each : definitions) {
      Value value = new Value(string(each.getName()), type(each.getType()));
      values.add(value);
      out.add(value);
    }
    return out;
  }

  private List<Value> read(List<Integer> numbers) {
    List<Value> out = new ArrayList<>();
    for (int number : numbers) {
      if (number < 0 || number >= values.size()) {
        throw damaged("value %d is read before it is defined", number);
      }
      out.add(values.get(number));
    }
    return out;
  }

  private Type type(Stored.Type type) {
    return switch (type.getKindCase()) {
      case TENSOR ->
          new TensorType(
              dtype(type.getTensor().getDtype()), new Shape(type.getTensor().getExtentsList()));
      case INTEGER -> {
        Stored.IntegerType t = type.getInteger();
        yield new IntegerType(new Shape(t.getExtentsList()), t.getLow(), t.getHigh(), t.getScale());
      }
      case COLUMN -> {
        Stored.ColumnType t = type.getColumn();
        yield new ColumnType(
            (ColumnType.Kind) constant(ColumnType.Kind.class, string(t.getKind())),
            new Shape(t.getExtentsList()),
            t.getLow(),
            t.getHigh());
      }
      case SPECTRUM -> {
        Stored.ColumnType t = type.getSpectrum();
        yield new SpectrumType(
            (ColumnType.Kind) constant(ColumnType.Kind.class, string(t.getKind())),
            new Shape(t.getExtentsList()),
            t.getLow(),
            t.getHigh());
      }
      case TORCH -> torchType(type.getTorch());
      case KIND_NOT_SET -> throw damaged("a value has no type");
    };
  }

  private TorchType torchType(Stored.TorchType type) {
    return switch (type.getKindCase()) {
      case TENSOR -> new TorchType.Tensor();
      case SIMPLE -> new TorchType.Simple(string(type.getSimple()));
      case NAMED -> new TorchType.Named(string(type.getNamed()));
      case GENERIC -> {
        List<TorchType> arguments = new ArrayList<>();
        type.getGeneric().getArgumentsList().forEach(a -> arguments.add(torchType(a)));
        yield new TorchType.Generic(string(type.getGeneric().getConstructor()), arguments);
      }
      case KIND_NOT_SET -> throw damaged("a value has no type");
    };
  }

  private Location location(Stored.Location location) {
    return new Location(
        string(location.getFile()),
        location.getLine(),
        string(location.getText()),
        location.getLayer());
  }

  private String string(int index) {
    if (index < 0 || index >= stored.getStringsCount()) {
      throw damaged("string %d of %d is asked for", index, stored.getStringsCount());
    }
    return stored.getStrings(index);
  }

  private DType dtype(int text) {
    String name = string(text);
    for (DType each : DType.values()) {
      if (each.text().equals(name)) {
        return each;
      }
    }
    throw damaged("there is no element type '%s'", name);
  }

  private static StorageException damaged(String sentence, Object... values) {
    return new StorageException("the stored program is damaged: " + sentence.formatted(values));
  }
}
