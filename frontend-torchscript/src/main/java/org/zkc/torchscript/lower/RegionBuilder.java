package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Region;
import org.zkc.ir.TensorData;
import org.zkc.ir.TorchType;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Constant;
import org.zkc.ir.torch.TensorConstant;

/**
 * Collects a region's ops; constants are emitted once per region and found again in regions inside
 * it.
 */
final class RegionBuilder {
  private final Optional<RegionBuilder> parent;
  private final List<Op> ops = new ArrayList<>();
  private final Map<String, Value> constants = new HashMap<>();
  private boolean open = true;

  /** A function's outermost region. */
  RegionBuilder() {
    this.parent = Optional.empty();
  }

  /** A region inside another. */
  RegionBuilder(RegionBuilder parent) {
    this.parent = Optional.of(parent);
  }

  void add(Op op) {
    ops.add(op);
  }

  boolean isEmpty() {
    return ops.isEmpty();
  }

  /** Whether values defined here can still be used: false once the region is finished or left. */
  boolean isOpen() {
    return open;
  }

  /** Notes that what is lowered next lies outside, as the other arm of a branch does. */
  void leave() {
    open = false;
  }

  Region finish(List<Value> parameters, List<Value> results) {
    open = false;
    return new Region(parameters, ops, results);
  }

  /** The value of a literal. */
  Value constant(Binding.Literal literal, Location location) {
    String key = "literal " + literal.type() + literal.text();
    return known(key)
        .orElseGet(() -> {
          Value value = new Value("c", literal.type());
          ops.add(new Constant(value, literal.text(), location));
          constants.put(key, value);
          return value;
        });
  }

  /** The value of a tensor of the archive. */
  Value tensor(String name, TensorData data, Location location) {
    String key = "tensor " + name;
    return known(key)
        .orElseGet(() -> {
          Value value =
              new Value(name.substring(name.lastIndexOf('.') + 1), new TorchType.Tensor());
          ops.add(new TensorConstant(value, name, data, location));
          constants.put(key, value);
          return value;
        });
  }

  private Optional<Value> known(String key) {
    Optional<Value> here = Optional.ofNullable(constants.get(key));
    return here.isPresent() ? here : parent.flatMap(p -> p.known(key));
  }
}
