package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.ListOf;

/** Parts of tensors along an axis: Slice. */
final class IndexOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.slice", "slice", "also lists", IndexOperators::slice),
          new TorchOperator("aten.select", "slice, reshape", IndexOperators::select),
          new TorchOperator("aten.narrow", "slice", IndexOperators::narrow),
          new TorchOperator("aten.split", "slice", IndexOperators::split),
          new TorchOperator("aten.split_with_sizes", "slice", IndexOperators::split),
          new TorchOperator("aten.unsafe_split", "slice", IndexOperators::split),
          new TorchOperator("aten.unsafe_split_with_sizes", "slice", IndexOperators::split),
          new TorchOperator("aten.chunk", "slice", IndexOperators::chunk),
          new TorchOperator("aten.unsafe_chunk", "slice", IndexOperators::chunk),
          new TorchOperator("aten.tensor_split", "slice", c -> at(c, c.axis(2, rank(c)))),
          new TorchOperator("aten.hsplit", "slice", c -> at(c, rank(c) == 1 ? 0 : 1)),
          new TorchOperator("aten.vsplit", "slice", c -> at(c, 0)),
          new TorchOperator("aten.dsplit", "slice", c -> at(c, 2)),
          new TorchOperator("aten.unbind", "slice, reshape", IndexOperators::unbind));

  private IndexOperators() {}

  /** (input, dim, start, end, step) of a tensor, (list, start, end, step) of a list. */
  private static TorchValue slice(OperatorCall call) {
    if (call.argument(0) instanceof ListOf list) {
      List<TorchValue> elements = list.elements();
      int size = elements.size();
      long step = call.integer(3, 1);
      if (step == 0) {
        throw call.refuse("a list slice with step 0");
      }
      List<TorchValue> out = new ArrayList<>();
      if (step > 0) {
        int end = bound(call.integer(2, Long.MAX_VALUE), size);
        for (long i = bound(call.integer(1, 0), size); i < end; i += step) {
          out.add(elements.get((int) i));
        }
      } else {
        long end = boundDownwards(call.integer(2, -size - 1L), size);
        for (long i = boundDownwards(call.integer(1, Long.MAX_VALUE), size); i > end; i += step) {
          out.add(elements.get((int) i));
        }
      }
      return new ListOf(out);
    }
    Shape shape = call.tensor(0).shape();
    int axis = call.axis(1, shape.rank());
    int extent = extent(call, shape, axis);
    int start = bound(call.integer(2, 0), extent);
    int end = Math.max(start, bound(call.integer(3, Long.MAX_VALUE), extent));
    long step = call.integer(4, 1);
    if (step < 1) {
      throw call.refuse("step %d is not positive".formatted(step));
    }
    return part(call, axis, start, end, (int) Math.min(step, Math.max(extent, 1)));
  }

  static int extent(OperatorCall call, Shape shape, int axis) {
    if (shape.rank() == 0) {
      throw call.refuse("the tensor has no axes");
    }
    return shape.extent(axis);
  }

  /** Python's reading of a slice bound. */
  static int bound(long index, int extent) {
    long fromEnd = index < 0 ? index + extent : index;
    return (int) Math.max(0, Math.min(fromEnd, extent));
  }

  /** The same for a slice from the end: an index, or -1 for what is before the first. */
  private static long boundDownwards(long index, int extent) {
    long fromEnd = index < 0 ? index + extent : index;
    return Math.max(-1, Math.min(fromEnd, extent - 1L));
  }

  private static TorchValue part(OperatorCall call, int axis, int start, int end, int step) {
    return call.result(call.emit().slice(call.held(0), axis, start, end, step));
  }

  private static TorchValue select(OperatorCall call) {
    return selected(call, call.axis(1, call.tensor(0).shape().rank()), call.integer(2));
  }

  private static TorchValue selected(OperatorCall call, int axis, long index) {
    Shape shape = call.tensor(0).shape();
    int extent = extent(call, shape, axis);
    long at = index < 0 ? index + extent : index;
    if (at < 0 || at >= extent) {
      throw call.refuse("index %d of an axis of %d".formatted(index, extent));
    }
    Value slice = call.emit().slice(call.held(0), axis, (int) at, (int) at + 1, 1);
    List<Integer> extents = new ArrayList<>(shape.extents());
    extents.subList(axis, axis + 1).clear();
    return call.result(call.emit().reshape(slice, new Shape(extents)));
  }

  /** (input, dim, start, length). */
  private static TorchValue narrow(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    int axis = call.axis(1, shape.rank());
    int extent = extent(call, shape, axis);
    long start = call.integer(2) < 0 ? call.integer(2) + extent : call.integer(2);
    long end = start + call.integer(3);
    if (start < 0 || end < start || end > extent) {
      throw call.refuse("elements %d to %d of an axis of %d".formatted(start, end, extent));
    }
    return part(call, axis, (int) start, (int) end, 1);
  }

  /** (input, size or sizes, dim). */
  private static TorchValue split(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    int axis = call.axis(2, shape.rank());
    int extent = extent(call, shape, axis);
    if (call.argument(1) instanceof ListOf) {
      return parts(call, axis, call.integers(1), extent);
    }
    return equalParts(call, axis, call.extent(1), extent);
  }

  private static TorchValue chunk(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    int axis = call.axis(2, shape.rank());
    int extent = extent(call, shape, axis);
    int chunks = call.extent(1);
    if (chunks < 1) {
      throw call.refuse("%d chunks".formatted(chunks));
    }
    return equalParts(call, axis, Math.ceilDiv(extent, chunks), extent);
  }

  private static void requireFewParts(OperatorCall call, int parts) {
    if (parts > ListOperators.MAXIMAL_LENGTH) {
      throw call.refuse(
          "%d parts; up to %d are supported".formatted(parts, ListOperators.MAXIMAL_LENGTH));
    }
  }

  private static TorchValue equalParts(OperatorCall call, int axis, int size, int extent) {
    if (size < 1) {
      throw call.refuse("parts of %d elements".formatted(size));
    }
    requireFewParts(call, Math.ceilDiv(extent, size));
    List<Integer> sizes = new ArrayList<>();
    for (int start = 0; start < extent; start += size) {
      sizes.add(Math.min(size, extent - start));
    }
    return parts(call, axis, sizes, extent);
  }

  private static TorchValue parts(OperatorCall call, int axis, List<Integer> sizes, int extent) {
    List<TorchValue> out = new ArrayList<>();
    int start = 0;
    for (int size : sizes) {
      if (size < 0 || size > extent - start) {
        throw call.refuse("parts %s of an axis of %d".formatted(sizes, extent));
      }
      out.add(part(call, axis, start, start + size, 1));
      start += size;
    }
    if (start != extent) {
      throw call.refuse("parts %s of an axis of %d".formatted(sizes, extent));
    }
    return new ListOf(out);
  }

  private static int rank(OperatorCall call) {
    return call.tensor(0).shape().rank();
  }

  /** (input, sections or indices): nearly equal parts, or those between indices. */
  private static TorchValue at(OperatorCall call, int axis) {
    if (axis >= rank(call)) {
      throw call.refuse("the tensor has %d axes".formatted(rank(call)));
    }
    int extent = extent(call, call.tensor(0).shape(), axis);
    List<Integer> ends = new ArrayList<>();
    if (call.argument(1) instanceof ListOf) {
      call.integers(1).forEach(i -> ends.add(bound(i, extent)));
      ends.add(extent);
    } else {
      int sections = call.extent(1);
      if (sections < 1) {
        throw call.refuse("%d sections".formatted(sections));
      }
      int longer = extent % sections; // the first parts hold one element more
      for (int i = 1; i <= sections; i++) {
        ends.add(i * (extent / sections) + Math.min(i, longer));
      }
    }
    List<TorchValue> out = new ArrayList<>();
    int start = 0;
    for (int end : ends) {
      out.add(part(call, axis, start, Math.max(start, end), 1));
      start = end;
    }
    return new ListOf(out);
  }

  private static TorchValue unbind(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    int axis = call.axis(1, shape.rank());
    List<TorchValue> out = new ArrayList<>();
    requireFewParts(call, extent(call, shape, axis));
    for (int i = 0; i < extent(call, shape, axis); i++) {
      out.add(selected(call, axis, i));
    }
    return new ListOf(out);
  }
}
