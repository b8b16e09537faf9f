package org.zkc.ir.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;

/** Activations against what PyTorch computes in double precision, and the facts they state. */
final class ActivationTest {
  private static final Value V = new Value("v", new TensorType(DType.F32, Shape.of(1)));
  private static final Location HERE = Location.UNKNOWN;
  private static final double[] INPUTS = {-4, -1, -0.5, 0, 0.75, 3, 8};

  private static final List<Activation> ALL =
      List.of(
          new Silu(V, V, HERE),
          new Gelu(V, V, false, HERE),
          new Gelu(V, V, true, HERE),
          new Hardswish(V, V, HERE),
          new LeakyRelu(V, V, 0.1, HERE),
          new LeakyRelu(V, V, -2, HERE),
          new Elu(V, V, 1.7, 1.05, 1, HERE),
          new Elu(V, V, 0.5, 1, 2, HERE),
          new Tanh(V, V, HERE),
          new Sigmoid(V, V, HERE));

  private static void check(Activation f, double... expected) {
    double[] found = Arrays.stream(INPUTS).map(f::apply).toArray();
    assertArrayEquals(expected, found, 1e-11, f::toString);
  }

  @Test
  void theyAreThoseOfPyTorch() {
    check(
        new Silu(V, V, HERE),
        -0.07194483984837,
        -0.26894142137,
        -0.1887703343991,
        0,
        0.5093840243815,
        2.857722380467,
        7.997317198956);
    check(
        new Gelu(V, V, false, HERE),
        -0.0001266849673325,
        -0.1586552539315,
        -0.154268769363,
        0,
        0.5800294857173,
        2.995950305905,
        8);
    check(
        new Gelu(V, V, true, HERE),
        -7.024594819227e-05,
        -0.1588080093917,
        -0.1542859901749,
        0,
        0.5799605551656,
        2.996362607918,
        8);
    check(new Hardswish(V, V, HERE), -0, -0.3333333333333, -0.2083333333333, 0, 0.46875, 3, 8);
    check(new LeakyRelu(V, V, 0.1, HERE), -0.4, -0.1, -0.05, 0, 0.75, 3, 8);
    check(
        new Elu(V, V, 0.5, 1, 2, HERE),
        -0.499832268686,
        -0.4323323583817,
        -0.3160602794143,
        0,
        0.75,
        3,
        8);
  }

  @Test
  void erfMeetsItsLimits() {
    Gelu gelu = new Gelu(V, V, false, HERE);
    assertEquals(8.485, gelu.apply(8.485), 1e-14);
    assertEquals(-0.0, gelu.apply(-8.49), 1e-14);
    assertEquals(1e30, gelu.apply(1e30));
  }

  @Test
  void noSlopeIsSteeperThanSaidAndOneIsNearlyAsSteep() {
    for (Activation f : ALL) {
      double steepest = 0;
      for (double x = -10; x < 10; x += 1.0 / 1024) {
        steepest = Math.max(steepest, Math.abs(f.apply(x + 1.0 / 1024) - f.apply(x)) * 1024);
      }
      double found = steepest;
      assertTrue(found <= f.steepest() * (1 + 1e-9), () -> f + ": " + found);
      assertTrue(found >= 0.99 * f.steepest(), () -> f + ": " + found);
    }
  }

  @Test
  void rangesHoldAllValuesAndSaturationIsReached() {
    for (Activation f : ALL) {
      for (double x = -100; x < 100; x += 1.0 / 64) {
        double y = f.apply(x);
        assertTrue(f.range().low() <= y && y <= f.range().high(), () -> f + ": " + y);
        double end = Math.copySign(f.saturation(), x);
        assertTrue(
            Math.abs(x) < f.saturation() || Math.abs(y - f.apply(end)) < 0x1p-17,
            () -> f + ": " + y);
      }
    }
  }
}
