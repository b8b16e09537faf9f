package org.zkc.torchscript.pickle;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode, for tests. */
public final class PickleBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public PickleBytes() {
    op(0x80).op(2);
  }

  public PickleBytes op(int opcode) {
    out.write(opcode);
    return this;
  }

  public PickleBytes raw(byte... bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public PickleBytes mark() {
    return op('(');
  }

  public PickleBytes tuple() {
    return op('t');
  }

  public PickleBytes text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return op('X').i32(bytes.length).raw(bytes);
  }

  public PickleBytes integer(int value) {
    return op('J').i32(value);
  }

  public PickleBytes floating(double value) {
    long bits = Double.doubleToLongBits(value);
    op('G');
    for (int shift = 56; shift >= 0; shift -= 8) {
      op((int) (bits >>> shift) & 0xff);
    }
    return this;
  }

  public PickleBytes bool(boolean value) {
    return op(value ? 0x88 : 0x89);
  }

  public PickleBytes none() {
    return op('N');
  }

  public PickleBytes global(String module, String name) {
    return op('c').raw((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** An instance whose attributes the caller writes between this and {@link #endObject}. */
  public PickleBytes object(String module, String name) {
    return global(module, name).op(')').op(0x81).op('}').mark();
  }

  public PickleBytes endObject() {
    return op('u').op('b');
  }

  /** A tensor over the storage with this key. */
  public PickleBytes tensor(
      String storageClass, String key, int elements, int offset, int[] sizes, int[] strides) {
    global("torch._utils", "_rebuild_tensor_v2").mark();
    mark()
        .text("storage")
        .global("torch", storageClass)
        .text(key)
        .text("cpu")
        .integer(elements)
        .tuple()
        .op('Q');
    integer(offset);
    extents(sizes);
    extents(strides);
    bool(false).global("collections", "OrderedDict").op(')').op('R');
    return tuple().op('R');
  }

  private void extents(int[] extents) {
    mark();
    for (int extent : extents) {
      integer(extent);
    }
    tuple();
  }

  public PickleBytes memoize(int index) {
    return op('r').i32(index);
  }

  public PickleBytes recall(int index) {
    return op('j').i32(index);
  }

  public PickleBytes i32(int value) {
    return op(value & 0xff).op(value >> 8 & 0xff).op(value >> 16 & 0xff).op(value >> 24 & 0xff);
  }

  /** The pickle so far with STOP. */
  public byte[] bytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(out.toByteArray());
    all.write('.');
    return all.toByteArray();
  }

  public MemorySegment segment() {
    return MemorySegment.ofArray(bytes());
  }
}
