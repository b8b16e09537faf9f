package org.zkc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.passes.torch.TorchOperatorTable;
import org.zkc.torchscript.schema.OperatorTable;

/** The reader can read every operator that {@code zkc ops} promises. */
final class OperatorTableTest {

  @Test
  void everyRowIsAnOperatorWhoseCallsTheReaderResolves() {
    List<String> unreadable =
        TorchOperatorTable.rows().stream()
            .map(TorchOperatorTable.Row::operator)
            // A literal of the language has no schema.
            .filter(name -> !name.equals("prim.DictConstruct"))
            .filter(name -> OperatorTable.overloads(name).isEmpty())
            .toList();
    assertEquals(List.of(), unreadable);
  }
}
