package org.zkc.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class OpCatalogueTest {
  /** Every record of the level can be taken apart and is described. */
  @ParameterizedTest
  @EnumSource(Level.class)
  void everyOpIsDescribed(Level level) {
    Map<String, OpSpec> ops = OpCatalogue.ops(level);
    assertTrue(ops.size() >= 10, "ops found: " + ops.keySet());
    ops.forEach((name, op) -> {
      assertFalse(op.description().isBlank(), name);
      assertEquals(1, op.components(OpSpec.Role.LOCATION).size(), name + " has one location");
      assertEquals(
          OpSpec.Role.LOCATION, op.components().getLast().role(), name + " has its location last");
    });
  }

  @Test
  void opsAreFoundByLevelAndName() {
    assertEquals(
        Optional.of(OpSpec.of(org.zkc.ir.tensor.MaxPool.class)),
        OpCatalogue.find(Level.TENSOR, "max_pool"));
    assertEquals(
        Optional.of(OpSpec.of(org.zkc.ir.tensor.Tanh.class)),
        OpCatalogue.find(Level.TENSOR, "tanh"));
    assertEquals(Optional.empty(), OpCatalogue.find(Level.CIRCUIT, "max_pool"));
  }

  @Test
  void signaturesShowTheTextForm() {
    assertEquals(
        "(input, weight, bias = ?)", OpSpec.of(org.zkc.ir.tensor.Linear.class).signature());
    assertEquals(
        "(inputs...) {axis = Integer}", OpSpec.of(org.zkc.ir.view.Concatenate.class).signature());
    assertEquals(
        "(count, [initial...]) body() {}", OpSpec.of(org.zkc.ir.torch.For.class).signature());
    assertEquals(
        "(condition) then() {} otherwise() {}", OpSpec.of(org.zkc.ir.torch.If.class).signature());
    assertEquals(
        "(input) {shift = Integer, first = Long, entries = TensorData}",
        OpSpec.of(org.zkc.ir.integer.RequantizeTable.class).signature());
  }
}
