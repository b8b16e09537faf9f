package org.zkc.torchscript.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The content of an archive's pickle, as data. Lists, dictionaries, objects and tensors have
 * identity, since one may be reached by several paths (tied weights, shared modules). A malformed
 * pickle can make cyclic values, so every walk of a tree bounds its depth.
 */
public sealed interface PickleValue {

  record None() implements PickleValue {}

  record Bool(boolean value) implements PickleValue {}

  record Int(long value) implements PickleValue {}

  record Float(double value) implements PickleValue {}

  record Text(String value) implements PickleValue {}

  record Complex(double real, double imaginary) implements PickleValue {}

  /** {@code torch.device}, {@code cpu} or {@code cuda:0}. */
  record Device(String name) implements PickleValue {}

  record Tuple(List<PickleValue> elements) implements PickleValue {
    public Tuple {
      elements = List.copyOf(elements);
    }
  }

  /** A list; {@code type} is its TorchScript type where the pickle names it ({@code List[int]}). */
  final class ListValue implements PickleValue {
    private final List<PickleValue> elements = new ArrayList<>();
    private Optional<String> type = Optional.empty();

    public List<PickleValue> elements() {
      return elements;
    }

    public Optional<String> type() {
      return type;
    }

    void tag(String typeText) {
      type = Optional.of(typeText);
    }
  }

  /** A dictionary in order of insertion; keys compare by {@code equals} of these records. */
  final class Dict implements PickleValue {
    private final Map<PickleValue, PickleValue> entries = new LinkedHashMap<>();

    public Map<PickleValue, PickleValue> entries() {
      return entries;
    }

    public Optional<PickleValue> get(String key) {
      return Optional.ofNullable(entries.get(new Text(key)));
    }
  }

  /**
   * An instance of a class of the archive, such as a module, with its attributes in order of
   * declaration.
   */
  final class Instance implements PickleValue {
    private final String className;
    private final Map<String, PickleValue> attributes = new LinkedHashMap<>();
    private Optional<PickleValue> state = Optional.empty();

    Instance(String className) {
      this.className = className;
    }

    /** An object without attributes that no pickle holds, but is made of what one holds. */
    public static Instance of(String className) {
      return new Instance(className);
    }

    /** Qualified and mangled, {@code __torch__.torch.nn.modules.conv.___torch_mangle_0.Conv2d}. */
    public String className() {
      return className;
    }

    public Map<String, PickleValue> attributes() {
      return attributes;
    }

    /**
     * The argument of the object's own {@code __setstate__}, where it has one: its attributes have
     * to be made of that.
     */
    public Optional<PickleValue> state() {
      return state;
    }

    void setState(PickleValue argument) {
      state = Optional.of(argument);
    }
  }

  /** A tensor; see {@link StridedTensor}. */
  record TensorValue(StridedTensor tensor) implements PickleValue {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** A quantised tensor; see {@link AffineTensor}. */
  record AffineValue(AffineTensor tensor) implements PickleValue {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** A named class or function that has not been applied yet; meaningless in a finished value. */
  record Global(String qualifiedName) implements PickleValue {}

  /** A storage that no tensor has been made of yet; meaningless in a finished value. */
  record StorageValue(TensorStorage storage) implements PickleValue {}
}
