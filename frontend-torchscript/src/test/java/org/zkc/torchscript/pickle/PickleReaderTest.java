package org.zkc.torchscript.pickle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;

class PickleReaderTest {
  private static final float[] SIXTEEN = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  private static final Map<String, MemorySegment> STORAGES =
      Map.of("0", TensorData.ofFloats(Shape.of(16), SIXTEEN).bytes());

  private static PickleValue read(PickleBytes pickle) {
    return PickleReader.read(
        "data.pkl", pickle.segment(), key -> Optional.ofNullable(STORAGES.get(key)));
  }

  private static String refusal(PickleBytes pickle) {
    return assertThrows(UserException.class, () -> read(pickle)).getMessage();
  }

  private static StridedTensor tensor(PickleValue value) {
    return ((PickleValue.TensorValue) value).tensor();
  }

  @Test
  void scalars() {
    PickleBytes p =
        new PickleBytes()
            .mark()
            .none()
            .bool(true)
            .op('K')
            .op(200)
            .op('M')
            .op(0x34)
            .op(0x12)
            .integer(-7);
    p.op(0x8a)
        .op(8)
        .raw((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0);
    p.op(0x8a).op(1).op(0xff).floating(1e-12).text("h\u00e9").tuple();
    assertEquals(
        List.of(
            new PickleValue.None(),
            new PickleValue.Bool(true),
            new PickleValue.Int(200),
            new PickleValue.Int(0x1234),
            new PickleValue.Int(-7),
            new PickleValue.Int(1L << 40),
            new PickleValue.Int(-1),
            new PickleValue.Float(1e-12),
            new PickleValue.Text("h\u00e9")),
        ((PickleValue.Tuple) read(p)).elements());
  }

  @Test
  void objectKeepsAttributesInOrder() {
    PickleBytes p =
        new PickleBytes()
            .object("__torch__.model", "Net")
            .text("training")
            .bool(false)
            .text("a")
            .integer(3)
            .endObject();
    PickleValue.Instance net = (PickleValue.Instance) read(p);
    assertEquals("__torch__.model.Net", net.className());
    assertEquals(List.of("training", "a"), List.copyOf(net.attributes().keySet()));
  }

  @Test
  void contiguousTensorIsASliceAndStridedOneIsGathered() {
    TensorData slice =
        tensor(
                read(
                    new PickleBytes()
                        .tensor("FloatStorage", "0", 16, 4, new int[] {2, 3}, new int[] {3, 1})))
            .data("w");
    assertArrayEquals(new float[] {4, 5, 6, 7, 8, 9}, slice.toFloats());
    assertEquals(DType.F32, slice.dtype());
    TensorData transposed =
        tensor(
                read(
                    new PickleBytes()
                        .tensor("FloatStorage", "0", 16, 1, new int[] {3, 2}, new int[] {2, 8})))
            .data("w");
    assertArrayEquals(new float[] {1, 9, 3, 11, 5, 13}, transposed.toFloats());
    TensorData expanded =
        tensor(
                read(
                    new PickleBytes()
                        .tensor("FloatStorage", "0", 16, 5, new int[] {3}, new int[] {0})))
            .data("w");
    assertArrayEquals(new float[] {5, 5, 5}, expanded.toFloats());
  }

  @Test
  void tiedTensorsAreOneByIdentityOrByStorage() {
    PickleBytes p = new PickleBytes().mark();
    p.tensor("FloatStorage", "0", 16, 0, new int[] {4}, new int[] {1}).memoize(7).recall(7);
    p.tensor("FloatStorage", "0", 16, 0, new int[] {4}, new int[] {1});
    p.tensor("FloatStorage", "0", 16, 1, new int[] {4}, new int[] {1}).tuple();
    List<PickleValue> tensors = ((PickleValue.Tuple) read(p)).elements();
    assertSame(tensors.get(0), tensors.get(1));
    assertEquals(tensor(tensors.get(0)), tensor(tensors.get(2)));
    assertTrue(!tensor(tensors.get(0)).equals(tensor(tensors.get(3))));
  }

  @Test
  void tensorOutsideItsStorage() {
    StridedTensor t =
        tensor(
            read(
                new PickleBytes()
                    .tensor("FloatStorage", "0", 16, 12, new int[] {5}, new int[] {1})));
    assertTrue(
        assertThrows(UserException.class, () -> t.data("w"))
            .getMessage()
            .contains("outside its storage"));
    StridedTensor overflow =
        tensor(
            read(
                new PickleBytes()
                    .tensor(
                        "FloatStorage",
                        "0",
                        16,
                        0,
                        new int[] {1 << 30, 1 << 30},
                        new int[] {1 << 30, 1 << 30})));
    assertThrows(UserException.class, () -> overflow.data("w"));
  }

  @Test
  void expandedTensorIsBounded() {
    StridedTensor t =
        tensor(
            read(
                new PickleBytes()
                    .tensor("FloatStorage", "0", 16, 0, new int[] {1 << 30}, new int[] {0})));
    assertTrue(
        assertThrows(UserException.class, () -> t.data("mask"))
            .getMessage()
            .contains("mask repeats 16"));
  }

  @Test
  void storageShorterThanItSays() {
    StridedTensor t =
        tensor(
            read(
                new PickleBytes()
                    .tensor("FloatStorage", "0", 17, 0, new int[] {2}, new int[] {1})));
    assertTrue(
        assertThrows(UserException.class, () -> t.data("w")).getMessage().contains("shorter"));
  }

  /** 16 bytes of zeros: eight halves of which two are read. */
  @Test
  void halfPrecisionIsRead() {
    for (String storage : new String[] {"HalfStorage", "BFloat16Storage"}) {
      StridedTensor t =
          tensor(read(new PickleBytes().tensor(storage, "0", 8, 0, new int[] {2}, new int[] {1})));
      TensorData data = t.data("fc.weight");
      assertEquals(2, data.dtype().bytes());
      assertArrayEquals(new double[2], data.toDoubles());
    }
  }

  @Test
  void typedLists() {
    PickleBytes p =
        new PickleBytes()
            .global("torch.jit._pickle", "build_intlist")
            .op(']')
            .mark()
            .integer(1)
            .integer(2)
            .op('e');
    PickleValue.ListValue list = (PickleValue.ListValue) read(p.op(0x85).op('R'));
    assertEquals(Optional.of("List[int]"), list.type());
    assertEquals(List.of(new PickleValue.Int(1), new PickleValue.Int(2)), list.elements());
  }

  @Test
  void foreignGlobalsAreNamed() {
    assertTrue(refusal(new PickleBytes().global("os", "system")).contains("os.system"));
    assertTrue(refusal(new PickleBytes().global("torch", "load")).contains("torch.load"));
    assertTrue(refusal(new PickleBytes().global("__torch__evil", "x")).contains("__torch__evil.x"));
    assertTrue(
        refusal(new PickleBytes().global("torch", "QUInt4x2Storage")).contains("use 8-bit ones"));
    assertTrue(refusal(new PickleBytes().global("a\u0007\u001b[31m", "b")).contains("a??[31m.b"));
  }

  @Test
  void foreignOpcodesAreNamed() {
    for (int opcode :
        new int[] {
          'i', 'o', 'd', 'l', 'p', 'P', 'S', 'V', 'I', 0x82, 0x92, 0x93, 0x95, 'B', 0x96
        }) {
      assertTrue(refusal(new PickleBytes().op(opcode)).contains("opcode 0x%02x".formatted(opcode)));
    }
  }

  @Test
  void reduceOfAClassOrOfAStorageIsRefused() {
    assertTrue(
        refusal(new PickleBytes().global("__torch__", "Net").op(')').op('R'))
            .contains("function to apply"));
    assertTrue(
        refusal(new PickleBytes().global("torch", "FloatStorage").op(')').op(0x81))
            .contains("class to instantiate"));
  }

  /** PyTorch applies an enumeration's class to the value alone, not to a tuple of it. */
  @Test
  void membersOfEnumerations() {
    PickleValue read = read(new PickleBytes().global("__torch__", "Kind").op('K').op(2).op('R'));
    assertEquals(
        Map.of("value", new PickleValue.Int(2)), ((PickleValue.Instance) read).attributes());
    assertTrue(
        refusal(new PickleBytes().global("builtins", "complex").op('K').op(2).op('R'))
            .contains("as an enumeration"));
  }

  @Test
  void tensorsOfOtherKindsAreRefusedWithARemedy() {
    assertTrue(
        refusal(new PickleBytes().global("torch", "Float8_e4m3fnStorage")).contains("float()"));
    assertTrue(
        refusal(new PickleBytes().global("torch._utils", "_rebuild_sparse_tensor"))
            .contains("to_dense()"));
  }

  @Test
  void theArgumentOfSetstateIsKept() {
    PickleValue read =
        read(new PickleBytes().global("__torch__", "Packed").op(')').op(0x81).op(')').op('b'));
    PickleValue.Instance object = (PickleValue.Instance) read;
    assertEquals(Optional.of(new PickleValue.Tuple(List.of())), object.state());
    assertTrue(object.attributes().isEmpty());
  }

  @Test
  void damage() {
    assertTrue(refusal(new PickleBytes().op('t')).contains("mark is missing"));
    assertTrue(refusal(new PickleBytes().op(0x86)).contains("damaged"));
    assertTrue(refusal(new PickleBytes().recall(3)).contains("recalls value 3"));
    assertTrue(refusal(new PickleBytes().op('X').i32(1 << 30)).contains("longer than the record"));
    assertTrue(refusal(new PickleBytes().op('X').i32(-1)).contains("longer than the record"));
    assertTrue(refusal(new PickleBytes().none().none()).contains("left over"));
    assertTrue(refusal(new PickleBytes().op('a')).contains("damaged"));
    assertTrue(refusal(new PickleBytes().op('G').op(1)).contains("damaged"));
    assertTrue(
        refusal(new PickleBytes().tensor("FloatStorage", "9", 4, 0, new int[] {4}, new int[] {1}))
            .contains("'9'"));
  }
}
