package org.zkc.passes.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Conv;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.integer.Parameter;
import org.zkc.passes.PassContext;
import org.zkc.passes.cost.ProverCosts;

/** The cost model chooses the form that wins by far on shapes where one does. */
class CheapestFormTest {

  @Test
  void kernelsOfImageNetworksAreDirect() {
    assertDirect(plane(1, 6, 28, 5, 2));
    assertDirect(plane(6, 16, 14, 5, 0));
    int[][] vgg16 = {
      {3, 64, 224},
      {64, 64, 224},
      {64, 128, 112},
      {128, 128, 112},
      {128, 256, 56},
      {256, 256, 56},
      {256, 512, 28},
      {512, 512, 28},
      {512, 512, 14}
    };
    for (int[] layer : vgg16) {
      assertDirect(plane(layer[0], layer[1], layer[2], 3, 1));
    }
    assertDirect(plane(256, 1024, 14, 1, 0));
  }

  @Test
  void kernelsOfAThousandTapsGoThroughTransforms() {
    assertEquals(ConvolutionForm.FFT, form(line(1, 8, 4096, 1025)));
    assertEquals(ConvolutionForm.FFT, form(line(8, 8, 1024, 1025)));
    assertEquals(ConvolutionForm.FFT, form(line(4, 16, 8192, 2049)));
  }

  @Test
  void aFormThatCannotBeProvedIsNotChosen() {
    // The verifier would walk through 2^20 taps.
    ConvolutionForm.Geometry taps = line(1, 1, 1 << 19, (1 << 19) + 1);
    assertEquals(ConvolutionForm.FFT, form(taps));
    CheapestForm.Estimates e = estimates(taps);
    assertEquals(Double.POSITIVE_INFINITY, e.direct());
    // More points than transforms have.
    ConvolutionForm.Geometry points = line(1, 1, 1 << 21, 33);
    assertEquals(ConvolutionForm.DIRECT, form(points));
    assertEquals(Double.POSITIVE_INFINITY, estimates(points).fft());
  }

  @Test
  void whatWasAskedForAndCannotBeIsRefused() {
    UserException e =
        assertThrows(
            UserException.class,
            () ->
                IntegerToCircuit.lower(
                    program(1 << 21, 33), ConvolutionPolicy.FFT.choice(), new PassContext()));
    assertTrue(e.getMessage().contains("compile with --conv auto or direct"), e::getMessage);
    e =
        assertThrows(
            UserException.class,
            () ->
                IntegerToCircuit.lower(
                    program(1 << 19, (1 << 19) + 1),
                    ConvolutionPolicy.DIRECT.choice(),
                    new PassContext()));
    assertTrue(e.getMessage().contains("compile with --conv auto or fft"), e::getMessage);
  }

  private static void assertDirect(ConvolutionForm.Geometry geometry) {
    assertEquals(
        ConvolutionForm.DIRECT, form(geometry), () -> geometry + ": " + estimates(geometry));
  }

  private static ConvolutionForm form(ConvolutionForm.Geometry geometry) {
    return ConvolutionPolicy.AUTO.choice().of(geometry);
  }

  private static CheapestForm.Estimates estimates(ConvolutionForm.Geometry geometry) {
    return new CheapestForm(ProverCosts.FITTED).estimates(geometry);
  }

  private static ConvolutionForm.Geometry plane(
      int channels, int outputs, int size, int kernel, int padding) {
    return geometry(
        Shape.of(1, channels, size, size),
        Shape.of(outputs, channels, kernel, kernel),
        List.of(padding, padding));
  }

  private static ConvolutionForm.Geometry line(int channels, int outputs, int length, int kernel) {
    return geometry(
        Shape.of(1, channels, 1, length),
        Shape.of(outputs, channels, 1, kernel),
        List.of(0, kernel / 2));
  }

  private static ConvolutionForm.Geometry geometry(
      Shape input, Shape weight, List<Integer> padding) {
    List<Integer> ones = List.of(1, 1);
    Shape result = Shapes.conv(input, weight, Optional.empty(), ones, padding, padding, ones, 1);
    return new ConvolutionForm.Geometry(input, weight, result, ones, padding, ones, 1);
  }

  /** One convolution of one channel over one axis. */
  private static Program program(int length, int kernel) {
    FunctionBuilder out = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = out.parameter("x", new IntegerType(Shape.of(1, 1, length), 0, 1, 1));
    Shape shape = Shape.of(1, 1, kernel);
    Value w =
        out.value(
            new Parameter(
                out.fresh("w", new IntegerType(shape, 0, 0, 1)),
                "w",
                IntegerWeights.of(TensorData.ofLongs(DType.I8, shape, new long[kernel])),
                Location.UNKNOWN));
    List<Integer> one = List.of(1);
    List<Integer> padding = List.of(kernel / 2);
    Value y =
        out.value(
            new Conv(
                out.fresh("y", new IntegerType(Shape.of(1, 1, length), 0, 0, 1)),
                x,
                w,
                Optional.empty(),
                one,
                padding,
                padding,
                one,
                1,
                Location.UNKNOWN));
    return Program.of(Level.INTEGER, out.build(List.of(y)));
  }
}
