package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.circuit.CheckedCircuit;

/** Collects what the relations expand to, in the circuit's order. */
final class SystemBuilder {
  final CheckedCircuit checked;
  final List<SystemTensor> tensors = new ArrayList<>();
  final List<Definition> definitions = new ArrayList<>();
  final List<Lookup> lookups = new ArrayList<>();
  final List<ZeroProduct> zeroProducts = new ArrayList<>();
  final List<Advice> advice = new ArrayList<>();
  private final Map<LookupTable, Integer> tables = new LinkedHashMap<>();

  SystemBuilder(CheckedCircuit checked) {
    this.checked = checked;
  }

  List<Integer> shape(int tensor) {
    return tensors.get(tensor).shape();
  }

  int add(String name, List<Integer> shape, Holder holder) {
    tensors.add(new SystemTensor(name, shape, holder));
    return tensors.size() - 1;
  }

  /** The tag of a table; equal range tables are one. */
  int table(LookupTable table) {
    return tables.computeIfAbsent(table, t -> tables.size());
  }

  List<LookupTable> tables() {
    return List.copyOf(tables.keySet());
  }

  void lookUp(String name, List<Integer> tuple, LookupTable table) {
    lookups.add(new Lookup(name, tuple, table(table)));
  }

  /**
   * Commits the low bits of source + addend in limbs, least significant first, and looks every limb
   * up in its range. Their sum limb_k 2^offset_k is then an integer in [0, 2^(sum of limbs)).
   *
   * @return the limbs as terms of that sum, to be scaled by whoever uses them
   */
  List<Integer> limbs(String name, int source, long addend, List<Integer> limbs) {
    ArrayList<Integer> out = new ArrayList<>();
    int offset = 0;
    for (int k = 0; k < limbs.size(); k++) {
      int bits = limbs.get(k);
      int limb = add(name + " limb " + k, shape(source), Holder.COMMITTED);
      advice.add(new Advice(limb, source, addend, offset, bits));
      lookUp(name + " limb " + k, List.of(limb), new LookupTable.Range(1 << bits));
      out.add(limb);
      offset += bits;
    }
    return out;
  }
}
