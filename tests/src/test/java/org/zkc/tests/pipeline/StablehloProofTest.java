package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.numpy.NpyWriter;

/** Networks of StableHLO text are compiled, proved and verified. */
final class StablehloProofTest {
  private static final String MLP =
      """
      func.func public @main(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
        %w = stablehlo.constant dense<[[0.5, -0.25, 1.0], [0.75, 0.5, -1.0], [-0.5, 0.25, 0.5], [1.0, -0.75, 0.25]]> : tensor<4x3xf32>
        %b = stablehlo.constant dense<[0.1, -0.2, 0.3]> : tensor<3xf32>
        %v = stablehlo.constant dense<[[1.0, -0.5], [0.5, 0.25], [-1.0, 0.75]]> : tensor<3x2xf32>
        %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<1x4xf32>, tensor<4x3xf32>) -> tensor<1x3xf32>
        %1 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<3xf32>) -> tensor<1x3xf32>
        %2 = stablehlo.add %0, %1 : tensor<1x3xf32>
        %3 = func.call @relu(%2) : (tensor<1x3xf32>) -> tensor<1x3xf32>
        %4 = stablehlo.dot_general %3, %v, contracting_dims = [1] x [0] : (tensor<1x3xf32>, tensor<3x2xf32>) -> tensor<1x2xf32>
        return %4 : tensor<1x2xf32>
      }
      func.func private @relu(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
        %0 = stablehlo.constant dense<0.0> : tensor<1x3xf32>
        %1 = stablehlo.maximum %x, %0 : tensor<1x3xf32>
        return %1 : tensor<1x3xf32>
      }
      """;

  private static final String CONVOLUTION =
      """
      func.func public @main(%x: tensor<1x4x4x1xf32>) -> tensor<1x8xf32> {
        %w = stablehlo.constant dense<[[[[0.5, -1.0]], [[1.0, 0.25]]], [[[-0.5, 0.75]], [[0.25, 0.5]]]]> : tensor<2x2x1x2xf32>
        %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [1, 1], pad = [[0, 1], [0, 1]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x4x4x1xf32>, tensor<2x2x1x2xf32>) -> tensor<1x4x4x2xf32>
        %1 = stablehlo.constant dense<0xFF800000> : tensor<f32>
        %2 = "stablehlo.reduce_window"(%0, %1) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
        ^bb0(%a: tensor<f32>, %b: tensor<f32>):
          %m = stablehlo.maximum %a, %b : tensor<f32>
          stablehlo.return %m : tensor<f32>
        }) : (tensor<1x4x4x2xf32>, tensor<f32>) -> tensor<1x2x2x2xf32>
        %3 = stablehlo.tanh %2 : tensor<1x2x2x2xf32>
        %4 = stablehlo.reshape %3 : (tensor<1x2x2x2xf32>) -> tensor<1x8xf32>
        return %4 : tensor<1x8xf32>
      }
      """;

  private static final String DIFFERENCE =
      """
      func.func public @main(%x: tensor<3xui32>) -> tensor<3xui32> {
        %c = stablehlo.constant dense<100> : tensor<3xui32>
        %d = stablehlo.subtract %c, %x : tensor<3xui32>
        return %d : tensor<3xui32>
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isProved(boolean convolves) throws IOException {
    Path text = folder.resolve("model.mlir");
    Files.writeString(text, convolves ? CONVOLUTION : MLP);
    Path model = folder.resolve("model.zkc");
    Path x = folder.resolve("x.npy");
    Path proof = folder.resolve("proof.zkp");
    float[] elements = new float[convolves ? 16 : 4];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (i % 5 - 2) * 0.4f;
    }
    Shape shape = convolves ? Shape.of(1, 4, 4, 1) : Shape.of(1, 4);
    Files.write(x, NpyWriter.encode(TensorData.ofFloats(shape, elements)));
    Cli.run("compile", text, "-o", model).succeeded();
    Cli.run("prove", model, "--input", x, "-o", proof).succeeded();
    Cli.run("verify", proof, "--key", folder.resolve("model.vk"), "--input", x).succeeded();
  }

  /** Unsigned integers wrap around below zero: what would is not proved, and all else is. */
  @Test
  void aDifferenceOfUnsignedIntegersIsShownNotToBeNegative() throws IOException {
    Path text = folder.resolve("model.mlir");
    Files.writeString(text, DIFFERENCE);
    Path model = folder.resolve("model.zkc");
    Path samples = numbers("samples.npy", Shape.of(2, 3), 3, 100, 0, 99, 5, 2);
    Path x = numbers("x.npy", Shape.of(3), 9, 5, 100);
    Path y = numbers("y.npy", Shape.of(3), 9, 101, 100);
    Path proof = folder.resolve("proof.zkp");
    Cli.run("compile", text, "--calibration", samples, "-o", model).succeeded();
    Cli.run("prove", model, "--input", x, "-o", proof).succeeded();
    Cli.Result verified =
        Cli.run("verify", proof, "--key", folder.resolve("model.vk"), "--input", x).succeeded();
    assertTrue(verified.out().contains("91 95 0"), verified.toString());
    Cli.Result refused = Cli.run("prove", model, "--input", y, "-o", proof).exited(Cli.BAD_INPUT);
    assertTrue(refused.err().contains("-1 where there are 0 to 100"), refused.toString());
  }

  private Path numbers(String name, Shape shape, long... numbers) throws IOException {
    Path path = folder.resolve(name);
    Files.write(path, NpyWriter.encode(TensorData.ofLongs(DType.I64, shape, numbers)));
    return path;
  }
}
