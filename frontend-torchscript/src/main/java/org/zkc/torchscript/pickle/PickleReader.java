package org.zkc.torchscript.pickle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.zkc.ir.UserException;

/**
 * Reads the subset of pickle protocol 2 that PyTorch's C++ writer emits, as data: a closed list of
 * opcodes and globals, no class is looked up and nothing is executed. Work and memory are linear in
 * the record's size.
 */
public final class PickleReader {

  /**
   * The largest seen is a debug record of 3 MB; values take some fifty times their pickled bytes.
   */
  private static final long MAX_BYTES = 64L << 20;

  private static final PickleValue MARK = new PickleValue.Global("(mark)");
  private static final PickleValue.None NONE = new PickleValue.None();

  /** A source of the storages' raw elements. */
  @FunctionalInterface
  public interface StorageSource {
    /** The content of the storage with this key. */
    Optional<MemorySegment> storage(String key);
  }

  private final String record;
  private final byte[] bytes;
  private final StorageSource source;
  private final PickledGlobals globals;
  private final List<PickleValue> stack = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();
  private final Map<Integer, PickleValue> memo = new HashMap<>();
  private final Map<String, TensorStorage> storages = new HashMap<>();
  private int at;

  private PickleReader(String record, byte[] bytes, StorageSource source) {
    this.record = record;
    this.bytes = bytes;
    this.source = source;
    this.globals = new PickledGlobals(record);
  }

  /**
   * Reads one record.
   *
   * @param record its name, for messages
   * @param source where tensors' elements are
   * @throws UserException when it holds anything outside the subset; the message names it
   */
  public static PickleValue read(String record, MemorySegment content, StorageSource source) {
    if (content.byteSize() > MAX_BYTES) {
      throw new UserException(
          "The record %s has %d bytes; zkc reads pickles of up to %d."
              .formatted(record, content.byteSize(), MAX_BYTES));
    }
    PickleReader reader = new PickleReader(record, content.toArray(ValueLayout.JAVA_BYTE), source);
    try {
      return reader.run();
    } catch (IndexOutOfBoundsException
        | NoSuchElementException
        | ClassCastException
        | ArithmeticException e) {
      throw reader.damaged("byte " + reader.at + " does not continue a pickle");
    }
  }

  private PickleValue run() {
    while (true) {
      int opcode = u8();
      switch (opcode) {
        case 0x80 -> requireProtocol(u8()); // PROTO
        case '(' -> mark(); // MARK
        case '.' -> { // STOP
          PickleValue value = pop();
          if (!stack.isEmpty() || isMark(value)) {
            throw damaged("it ends with values left over");
          }
          return value;
        }
        case 'N' -> push(NONE); // NONE
        case 0x88 -> push(new PickleValue.Bool(true)); // NEWTRUE
        case 0x89 -> push(new PickleValue.Bool(false)); // NEWFALSE
        case 'K' -> push(new PickleValue.Int(u8())); // BININT1
        case 'M' -> push(new PickleValue.Int(u8() | u8() << 8)); // BININT2
        case 'J' -> push(new PickleValue.Int(i32())); // BININT
        case 0x8a -> push(new PickleValue.Int(long1())); // LONG1
        case 'G' ->
            push(new PickleValue.Float(Double.longBitsToDouble(bigEndianLong()))); // BINFLOAT
        case 'X' -> push(new PickleValue.Text(text(i32()))); // BINUNICODE
        case ')' -> push(new PickleValue.Tuple(List.of())); // EMPTY_TUPLE
        case 't' -> push(new PickleValue.Tuple(popMark())); // TUPLE
        case 0x85 -> push(new PickleValue.Tuple(popLast(1))); // TUPLE1
        case 0x86 -> push(new PickleValue.Tuple(popLast(2))); // TUPLE2
        case 0x87 -> push(new PickleValue.Tuple(popLast(3))); // TUPLE3
        case ']' -> push(new PickleValue.ListValue()); // EMPTY_LIST
        case 'a' -> append(popLast(1)); // APPEND
        case 'e' -> append(popMark()); // APPENDS
        case '}' -> push(new PickleValue.Dict()); // EMPTY_DICT
        case 's' -> setItems(popLast(2)); // SETITEM
        case 'u' -> setItems(popMark()); // SETITEMS
        case 'c' -> push(globals.named(line(), line())); // GLOBAL
        case 0x81 -> { // NEWOBJ
          PickleValue arguments = pop();
          push(globals.newObject(pop(), arguments));
        }
        case 'R' -> { // REDUCE
          PickleValue argument = pop();
          push(globals.apply(pop(), argument));
        }
        case 'b' -> build(pop()); // BUILD
        case 'Q' -> push(persistent((PickleValue.Tuple) pop())); // BINPERSID
        case 'q' -> memo.put(u8(), top()); // BINPUT
        case 'r' -> memo.put(i32(), top()); // LONG_BINPUT
        case 'h' -> push(recall(u8())); // BINGET
        case 'j' -> push(recall(i32())); // LONG_BINGET
        default ->
            throw new UserException(
                "The record %s uses pickle opcode 0x%02x, which torch.jit.save never writes; zkc does not read it."
                    .formatted(record, opcode));
      }
    }
  }

  private void requireProtocol(int protocol) {
    if (protocol > 2) {
      throw new UserException(
          "The record %s has pickle protocol %d; torch.jit.save writes protocol 2."
              .formatted(record, protocol));
    }
  }

  private void mark() {
    marks.push(stack.size());
    stack.add(MARK);
  }

  private List<PickleValue> popMark() {
    if (marks.isEmpty()) {
      throw damaged("a mark is missing");
    }
    int from = marks.pop();
    List<PickleValue> tail = stack.subList(from, stack.size());
    List<PickleValue> out = List.copyOf(tail.subList(1, tail.size()));
    tail.clear();
    return out;
  }

  private List<PickleValue> popLast(int count) {
    List<PickleValue> tail = stack.subList(stack.size() - count, stack.size());
    List<PickleValue> out = List.copyOf(tail);
    if (out.contains(MARK)) {
      throw damaged("a mark stands where a value should");
    }
    tail.clear();
    return out;
  }

  private void append(List<PickleValue> elements) {
    ((PickleValue.ListValue) top()).elements().addAll(elements);
  }

  private void setItems(List<PickleValue> items) {
    PickleValue.Dict dict = (PickleValue.Dict) top();
    if (items.size() % 2 != 0) {
      throw damaged("a dictionary has a key without a value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      PickleValue key = items.get(i);
      boolean simple =
          key instanceof PickleValue.Text
              || key instanceof PickleValue.Int
              || key instanceof PickleValue.Float
              || key instanceof PickleValue.Bool;
      if (!simple) {
        throw damaged("a dictionary has a key that is neither text nor a number");
      }
      dict.entries().put(key, items.get(i + 1));
    }
  }

  private void build(PickleValue state) {
    PickleValue.Instance instance = (PickleValue.Instance) top();
    if (!(state instanceof PickleValue.Dict dict)) {
      instance.setState(state);
      return;
    }
    for (Map.Entry<PickleValue, PickleValue> e : dict.entries().entrySet()) {
      instance.attributes().put(((PickleValue.Text) e.getKey()).value(), e.getValue());
    }
  }

  /** {@code ("storage", class, key, device, element count)}. */
  private PickleValue persistent(PickleValue.Tuple id) {
    List<PickleValue> parts = id.elements();
    if (parts.size() != 5 || !parts.get(0).equals(new PickleValue.Text("storage"))) {
      throw damaged("a persistent id is not a storage");
    }
    String key = ((PickleValue.Text) parts.get(2)).value();
    StorageType type = globals.storageType(parts.get(1));
    long elements = ((PickleValue.Int) parts.get(4)).value();
    TensorStorage storage = storages.get(key);
    if (storage == null) {
      MemorySegment content =
          source
              .storage(key)
              .orElseThrow(() -> damaged("the storage '" + key + "' that it names is missing"));
      if (elements < 0 || elements > Long.MAX_VALUE / 16) {
        throw damaged("the storage '" + key + "' has an impossible size");
      }
      storage = new TensorStorage(key, type, elements, content);
      storages.put(key, storage);
    } else if (storage.type() != type || storage.elements() != elements) {
      throw damaged("the storage '" + key + "' is described in two ways");
    }
    return new PickleValue.StorageValue(storage);
  }

  private PickleValue recall(int index) {
    PickleValue value = memo.get(index);
    if (value == null) {
      throw damaged("it recalls value " + index + ", which it never stored");
    }
    return value;
  }

  @SuppressWarnings("ReferenceEquality") // a pickle may hold a global that is named as the mark is
  private static boolean isMark(PickleValue value) {
    return value == MARK;
  }

  private void push(PickleValue value) {
    stack.add(value);
  }

  private PickleValue pop() {
    PickleValue value = stack.removeLast();
    if (isMark(value)) {
      throw damaged("a mark stands where a value should");
    }
    return value;
  }

  private PickleValue top() {
    return stack.getLast();
  }

  private int u8() {
    return bytes[at++] & 0xff;
  }

  private int i32() {
    return u8() | u8() << 8 | u8() << 16 | u8() << 24;
  }

  private long bigEndianLong() {
    long value =
        MemorySegment.ofArray(bytes)
            .get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), at);
    at += 8;
    return value;
  }

  private long long1() {
    int length = u8();
    if (length > 8) {
      throw damaged("an integer has more than 64 bits");
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      value |= (long) u8() << (8 * i);
    }
    return length == 0 || length == 8 ? value : value << (64 - 8 * length) >> (64 - 8 * length);
  }

  private String text(int length) {
    if (length < 0 || length > bytes.length - at) {
      throw damaged("a text is longer than the record");
    }
    String out = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return out;
  }

  private String line() {
    int start = at;
    while (bytes[at] != '\n') {
      at++;
    }
    return new String(bytes, start, at++ - start, StandardCharsets.UTF_8);
  }

  private UserException damaged(String why) {
    return new UserException(
        "The record "
            + record
            + " is damaged: "
            + why
            + ". Copy the archive again or export the model again.");
  }
}
