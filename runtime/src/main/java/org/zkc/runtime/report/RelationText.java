package org.zkc.runtime.report;

import java.util.HashMap;
import java.util.Map;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.ir.Shape;
import org.zkc.runtime.artifact.ModelFile;

/** The relations of a circuit as lines to read, one for each: {@code committed t9 = ...}. */
final class RelationText {
  private final CheckedCircuit checked;
  private final Circuit circuit;
  private final Map<Integer, String> names = new HashMap<>();

  /** A text that names tensors by number. */
  RelationText(CheckedCircuit checked) {
    this.checked = checked;
    circuit = checked.circuit();
    for (int k = 0; k < circuit.inputs().size(); k++) {
      names.put(circuit.inputs().get(k), "input" + k);
    }
  }

  /** A text that names parameters as the model does. */
  RelationText(ModelFile model) {
    this(model.keyFile().circuit());
    model.weights().tensors().forEach(t -> names.put(t.tensor(), t.name()));
  }

  String of(Relation relation) {
    TensorDeclaration result = circuit.tensors().get(relation.result());
    Interval elements = checked.interval(relation.result());
    String holder =
        circuit.outputs().contains(relation.result())
            ? "output "
            : switch (result.role()) {
              case WITNESS -> "committed ";
              case VIRTUAL, INPUT, MODEL -> "";
            };
    return "%s%s = %s : %s in [%d, %d]"
        .formatted(
            holder,
            name(relation.result()),
            right(relation),
            new Shape(result.shape()),
            elements.low(),
            elements.high());
  }

  /** A sum as one writes it; of anything else its name, its sources and its attributes. */
  private String right(Relation relation) {
    if (relation instanceof Affine a) {
      return sum(a);
    }
    String sources = String.join(", ", relation.sources().stream().map(this::name).toList());
    String details = relation.details().isEmpty() ? "" : ", " + relation.details();
    return relation.mnemonic() + " of " + sources + details;
  }

  private static final int SHOWN_TERMS = 6;

  private String sum(Affine affine) {
    StringBuilder text = new StringBuilder();
    for (int k = 0; k < Math.min(SHOWN_TERMS, affine.terms().size()); k++) {
      Affine.Term term = affine.terms().get(k);
      text.append(k == 0 ? "" : " + ");
      text.append(term.coefficient() == 1 ? "" : term.coefficient() + " ");
      text.append(term.steps().isEmpty() ? name(term.source()) : "view of " + name(term.source()));
    }
    if (affine.terms().size() > SHOWN_TERMS) {
      text.append(" + %d more".formatted(affine.terms().size() - SHOWN_TERMS));
    }
    if (!affine.constants().isEmpty()) {
      text.append(text.isEmpty() ? "constant" : " + constant");
    }
    return text.isEmpty() ? "0" : text.toString();
  }

  private String name(int tensor) {
    return names.getOrDefault(tensor, "t" + tensor);
  }
}
