package org.zkc.stablehlo.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.stablehlo.program.DenseData;
import org.zkc.stablehlo.program.HloAttribute;

/** Literals of tensors: lists, splats, blobs, bit patterns. */
final class LiteralTest {
  private static DenseData data(String literal) {
    return ((HloAttribute.Dense) ProgramText.attributeOf(literal)).data();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "dense<[[1, -2], [3, 4]]> : tensor<2x2xi32>; (1 -2 3 4)",
        "dense<[]> : tensor<0xi32>; ()",
        "dense<[[], []]> : tensor<2x0xf32>; ()",
        "dense<> : tensor<0x4xf32>; ()",
        "dense<7> : tensor<3xi64>; (7 7 7)",
        "dense<[true, false]> : tensor<2xi1>; (1 0)",
        "dense<true> : tensor<2xi1>; (1 1)",
        "dense<255> : tensor<1xi8>; (-1)",
        "dense<255> : tensor<1xui8>; (255)",
        "dense<18446744073709551615> : tensor<1xui64>; (-1)",
        "dense<[1.5, -2.0E-3, 1e3, 5]> : tensor<4xf32>; (1.5 -0.0020000000949949026 1000.0 5.0)",
        "dense<0xFF800000> : tensor<f32>; (-Infinity)",
        "dense<[0x7F800000, 0.0]> : tensor<2xf32>; (Infinity 0.0)",
        "dense<0x7FF0000000000000> : tensor<f64>; (Infinity)",
        "dense<0x3C00> : tensor<f16>; (1.0)",
        "dense<0xBF80> : tensor<bf16>; (-1.0)",
        "dense<1.1> : tensor<bf16>; (1.1015625)",
        "dense<448.0> : tensor<f8E4M3FN>; (448.0)",
        "dense<0x7F> : tensor<f8E4M3FN>; (NaN)",
        "dense<1.2> : tensor<f8E5M2>; (1.25)",
        "dense<[(1.0, 2.0), (-3.0, 0x7F800000)]> : tensor<2xcomplex<f32>>; (1.0+2.0i"
            + " -3.0+Infinityi)",
        "dense<\"0x0000803F000000C0\"> : tensor<2xf32>; (1.0 -2.0)",
        "dense<\"0x0000803F\"> : tensor<3xf32>; (1.0 1.0 1.0)",
        "dense<\"0x010003\"> : tensor<3xi1>; (1 0 1)",
        "dense<\"0x0100FFFF\"> : tensor<2xi16>; (1 -1)",
        "dense<\"0x0000803F00000040\"> : tensor<1xcomplex<f32>>; (1.0+2.0i)",
        "dense <  [ 1 , 2 ]  > : tensor<2xi8>; (1 2)",
        "dense<[0, 1]> : tensor<2xindex>; (0 1)",
        "dense<[7, -8]> : tensor<2xi4>; (7 -8)",
        "dense<15> : tensor<ui4>; (15)",
      })
  void readsElements(String literal, String elements) {
    assertEquals(elements, ProgramText.elements(data(literal)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "dense<[1, 2]> : tensor<3xi32>",
        "dense<[1, 2, 3, 4]> : tensor<3xi32>",
        "dense<[[1, 2], [3]]> : tensor<2x2xi32>",
        "dense<[[1, 2], 3]> : tensor<2x2xi32>",
        "dense<[1, 2, ]> : tensor<2xi32>",
        "dense<[1 2]> : tensor<2xi32>",
        "dense<[1, 2] 3> : tensor<2xi32>",
        "dense<[[1]]> : tensor<1xi32>",
        "dense<[1]> : tensor<i32>",
        "dense<> : tensor<1xf32>",
        "dense<300> : tensor<1xi8>",
        "dense<-1> : tensor<1xui8>",
        "dense<128> : tensor<1xsi8>",
        "dense<2> : tensor<1xi1>",
        "dense<true> : tensor<1xi32>",
        "dense<1.5> : tensor<1xi32>",
        "dense<99999999999999999999> : tensor<1xi64>",
        "dense<1.0.0> : tensor<f32>",
        "dense<1e> : tensor<f32>",
        "dense<nan> : tensor<f32>",
        "dense<(1.0, 2.0)> : tensor<f32>",
        "dense<1.0> : tensor<complex<f32>>",
        "dense<0xFF8000000> : tensor<f32>",
        "dense<\"0x0000803\"> : tensor<2xf32>",
        "dense<\"0x00008\"> : tensor<f32>",
        "dense<\"0x0000803G\"> : tensor<f32>",
        "dense<\"0x000080\"> : tensor<f32>",
        "dense<\"text\"> : tensor<f32>",
        "dense<1> : tensor<?xi32>",
        "dense<1> : tensor<*xi32>",
        "dense<1> : i32",
        "dense<-1> : tensor<1xui0>",
        "dense<1> : tensor<1x!quant.uniform<i8:f32, 0.1>>",
        "dense<[1.0]> : tensor<1000000000000xf32>",
      })
  void refusesOthers(String literal) {
    HloSyntaxException e = assertThrows(HloSyntaxException.class, () -> data(literal));
    assertEquals(1, e.location().line());
    assertTrue(e.describe().endsWith("^"), e.describe());
  }

  @Test
  void aSplatIsNotUnfolded() {
    DenseData data = data("dense<2.5> : tensor<1000000000x1000000000xf32>");
    assertTrue(data.isSplat());
    assertEquals(1_000_000_000_000_000_000L, data.count());
    assertEquals(2.5, data.getDouble(999_999_999_999_999_999L));
    assertEquals(4, data.stored().byteSize());
  }

  @Test
  void decimalNumbersRoundAsJavaRoundsThem() throws NumberText.NotOfType {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isNaN(value) || Double.isInfinite(value)) {
        continue;
      }
      double small = random.nextInt(2) == 0 ? value : random.nextDouble() * 1e6 - 5e5;
      String text =
          switch (random.nextInt(3)) {
            case 0 -> Double.toString(small);
            case 1 -> "%.6e".formatted(small);
            default -> Float.toString((float) small);
          };
      if (text.endsWith("Infinity")) {
        continue;
      }
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      assertEquals(
          Double.doubleToRawLongBits(Double.parseDouble(text)),
          Double.doubleToRawLongBits(NumberText.decimal(bytes, bytes.length)),
          text);
    }
  }

  @Test
  void aBlobOfManyElementsIsDecodedWhereItStands() {
    float[] values = new float[40_000];
    SplittableRandom random = new SplittableRandom(2);
    byte[] bytes = new byte[4 * values.length];
    ValueLayout.OfFloat layout =
        ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
      MemorySegment.ofArray(bytes).setAtIndex(layout, i, values[i]);
    }
    DenseData data =
        data(
            "dense<\"0x%s\"> : tensor<200x200xf32>"
                .formatted(HexFormat.of().withUpperCase().formatHex(bytes)));
    assertFalse(data.isSplat());
    assertEquals(-1, data.stored().mismatch(MemorySegment.ofArray(bytes)));
    assertEquals(values[39_999], data.getDouble(39_999));
  }

  @Test
  void resourcesAreLiteralsAfterTheirAlignment() {
    String text =
        """
        module attributes {a = dense_resource<w> : tensor<2xf32>} {}
        {-#
          dialect_resources: {
            builtin: {
              w: "0x040000000000803F000000C0"
            }
          }
        #-}
        """;
    HloAttribute.Dense dense =
        (HloAttribute.Dense) ProgramText.read(text).modules().getFirst().attributes().get("a");
    assertEquals("(1.0 -2.0)", ProgramText.elements(dense.data()));
  }

  @Test
  void aLiteralIsATokenWhateverItsLength() {
    String text =
        "module attributes {a = dense<\"0x%s\"> : tensor<1000000xf32>, b = dense<[%s]> : tensor<1000xi8>} {}"
            .formatted("0".repeat(8_000_000), String.join(", ", Collections.nCopies(1000, "1")));
    SourceText source =
        LiteralCutter.cut(
            "m.mlir", MemorySegment.ofArray(text.getBytes(StandardCharsets.US_ASCII)));
    assertEquals(
        "module attributes {a = dense<> : tensor<1000000xf32>, b = dense<> : tensor<1000xi8>} {}",
        source.text());
  }
}
