package org.zkc.ir.storage;

import com.google.protobuf.ByteString;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.ColumnType;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
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

/** Turns a program into its stored message. */
final class ProgramEncoder {
  private final BlobSink blobs;
  private final Map<String, Integer> strings = new LinkedHashMap<>();
  private Map<Value, Integer> numbers = new IdentityHashMap<>();

  ProgramEncoder(BlobSink blobs) {
    this.blobs = blobs;
  }

  Stored.Program encode(Program program) {
    Stored.Program.Builder out =
        Stored.Program.newBuilder()
            .setFormat(ProgramStorage.FORMAT)
            .setLevel(program.level().text());
    for (Function function : program.functions()) {
      numbers = new IdentityHashMap<>();
      out.addFunctions(
          Stored.Function.newBuilder()
              .setName(string(function.name()))
              .setLocation(location(function.location()))
              .setRegion(region(function.region())));
    }
    return out.addAllStrings(strings.keySet()).build();
  }

  private Stored.Region region(Region region) {
    Stored.Region.Builder out = Stored.Region.newBuilder();
    region.parameters().forEach(p -> out.addParameters(definition(p)));
    region.body().forEach(op -> out.addOperations(operation(op)));
    region.results().forEach(r -> out.addResults(number(r)));
    return out.build();
  }

  private Stored.Operation operation(Op op) {
    OpSpec spec = OpSpec.of(op);
    Stored.Operation.Builder out =
        Stored.Operation.newBuilder().setMnemonic(string(spec.mnemonic()));
    for (OpSpec.Component c : spec.components(OpSpec.Role.OPERAND)) {
      Stored.Operand.Builder operand = Stored.Operand.newBuilder();
      OpSpec.values(c, op).forEach(v -> operand.addValues(number(v)));
      out.addOperands(operand);
    }
    for (OpSpec.Component c : spec.components(OpSpec.Role.ATTRIBUTE)) {
      Object value = c.get(op);
      if (!value.equals(Optional.empty())) {
        out.addAttributes(
            attribute(c, value instanceof Optional<?> present ? present.orElseThrow() : value));
      }
    }
    for (OpSpec.Component c : spec.components(OpSpec.Role.REGION)) {
      Stored.Regions.Builder regions = Stored.Regions.newBuilder();
      OpSpec.regions(c, op).forEach(r -> regions.addRegions(region(r)));
      out.addRegions(regions);
    }
    op.definitions().forEach(r -> out.addResults(definition(r)));
    return out.setLocation(location(op.location())).build();
  }

  private Stored.Attribute attribute(OpSpec.Component component, Object value) {
    Stored.Attribute.Builder out = Stored.Attribute.newBuilder().setName(string(component.name()));
    switch (value) {
      case Integer i -> out.setInteger(i);
      case Long l -> out.setInteger(l);
      case Double d -> out.setReal(d);
      case Boolean b -> out.setFlag(b);
      case String s -> out.setText(string(s));
      case Enum<?> e -> out.setText(string(e.name()));
      case TensorData t -> out.setTensor(tensor(t));
      case IntegerWeights w ->
          out.setWeights(
              Stored.Weights.newBuilder()
                  .setMantissas(tensor(w.dtype(), w.shape(), Blob.of(w)))
                  .addAllShifts(w.channelShifts()));
      case List<?> l when component.element() == Double.class -> {
        Stored.Reals.Builder list = Stored.Reals.newBuilder();
        l.forEach(x -> list.addElements((Double) x));
        out.setReals(list);
      }
      case List<?> l when component.element() == String.class -> {
        Stored.Texts.Builder list = Stored.Texts.newBuilder();
        l.forEach(x -> list.addElements(string((String) x)));
        out.setTexts(list);
      }
      case List<?> l
          when component.element() == Integer.class || component.element() == Long.class -> {
        Stored.Integers.Builder list = Stored.Integers.newBuilder();
        l.forEach(x -> list.addElements(((Number) x).longValue()));
        out.setIntegers(list);
      }
      default ->
          throw new IllegalStateException("attribute " + component.name() + " has no stored form");
    }
    return out.build();
  }

  private Stored.Tensor tensor(TensorData data) {
    return tensor(data.dtype(), data.shape(), Blob.of(data));
  }

  private Stored.Tensor tensor(DType dtype, Shape shape, Blob bytes) {
    Stored.Tensor.Builder out =
        Stored.Tensor.newBuilder().setDtype(string(dtype.text())).addAllExtents(shape.extents());
    if (bytes.byteSize() <= ProgramStorage.INLINE_BYTES) {
      out.setInline(
          ByteString.copyFrom(bytes.beginning(ProgramStorage.INLINE_BYTES).asByteBuffer()));
    } else {
      out.setBlob(blobs.add(bytes));
    }
    return out.build();
  }

  private Stored.Value definition(Value value) {
    numbers.putIfAbsent(value, numbers.size());
    return Stored.Value.newBuilder()
        .setName(string(value.name()))
        .setType(type(value.type()))
        .build();
  }

  private int number(Value value) {
    Integer number = numbers.get(value);
    if (number == null) {
      throw new IllegalArgumentException("value " + value + " is read before it is defined");
    }
    return number;
  }

  private Stored.Type type(Type type) {
    Stored.Type.Builder out = Stored.Type.newBuilder();
    switch (type) {
      case TensorType t ->
          out.setTensor(
              Stored.TensorType.newBuilder()
                  .setDtype(string(t.dtype().text()))
                  .addAllExtents(t.shape().extents()));
      case IntegerType t ->
          out.setInteger(
              Stored.IntegerType.newBuilder()
                  .addAllExtents(t.shape().extents())
                  .setLow(t.low())
                  .setHigh(t.high())
                  .setScale(t.scale()));
      case ColumnType t -> out.setColumn(circuitType(t.kind(), t.shape(), t.low(), t.high()));
      case SpectrumType t -> out.setSpectrum(circuitType(t.kind(), t.shape(), t.low(), t.high()));
      case TorchType t -> out.setTorch(torchType(t));
    }
    return out.build();
  }

  private Stored.ColumnType circuitType(ColumnType.Kind kind, Shape shape, long low, long high) {
    return Stored.ColumnType.newBuilder()
        .setKind(string(kind.name()))
        .addAllExtents(shape.extents())
        .setLow(low)
        .setHigh(high)
        .build();
  }

  private Stored.TorchType torchType(TorchType type) {
    Stored.TorchType.Builder out = Stored.TorchType.newBuilder();
    switch (type) {
      case TorchType.Tensor _ -> out.setTensor(true);
      case TorchType.Simple t -> out.setSimple(string(t.name()));
      case TorchType.Named t -> out.setNamed(string(t.qualifiedName()));
      case TorchType.Generic t -> {
        Stored.TorchType.Generic.Builder generic =
            Stored.TorchType.Generic.newBuilder().setConstructor(string(t.constructor()));
        t.arguments().forEach(a -> generic.addArguments(torchType(a)));
        out.setGeneric(generic);
      }
    }
    return out.build();
  }

  private Stored.Location location(Location location) {
    return Stored.Location.newBuilder()
        .setFile(string(location.file()))
        .setLine(location.line())
        .setText(string(location.text()))
        .setLayer(location.layer())
        .build();
  }

  private int string(String s) {
    Integer index = strings.putIfAbsent(s, strings.size());
    return index == null ? strings.size() - 1 : index;
  }
}
