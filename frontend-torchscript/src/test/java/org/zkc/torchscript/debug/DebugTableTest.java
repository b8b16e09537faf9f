package org.zkc.torchscript.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Location;
import org.zkc.torchscript.pickle.PickleBytes;
import org.zkc.torchscript.pickle.PickleReader;

class DebugTableTest {
  private static final String TORCH = "/env/lib/python3.11/site-packages/torch/nn/functional.py";

  /**
   * A table with one row per source: at offset 10 * i, strings {@code text[i]} and file {@code
   * file[i]}.
   */
  private static DebugTable table(String[] files, String[] texts, int firstLine, int start) {
    PickleBytes p = new PickleBytes().mark().text("FORMAT_WITH_STRING_TABLE").mark();
    for (int i = 0; i < files.length; i++) {
      p.text(files[i]).text(texts[i]);
    }
    p.tuple().mark();
    for (int i = 0; i < files.length; i++) {
      p.mark().integer(10 * i);
      p.mark();
      p.mark().global("torch.jit._pickle", "build_intlist").op(']').mark();
      if (!texts[i].isEmpty()) {
        p.integer(2 * i + 1);
      }
      p.op('e').op(0x85).op('R').integer(2 * i).integer(firstLine).tuple();
      p.integer(start).integer(start + 1).tuple();
      p.integer(i).tuple();
    }
    p.tuple().tuple();
    return DebugTable.of(PickleReader.read("f.debug_pkl", p.segment(), _ -> Optional.empty()));
  }

  @Test
  void scriptedLineCountsFromTheFunction() {
    String source = "def forward(self, x):\n    y = x\n    return F.relu(y)\n";
    DebugTable table =
        table(
            new String[] {"/srv/someone/model.py"},
            new String[] {source},
            13,
            source.indexOf("F.relu"));
    assertEquals(new Location("model.py", 15, "return F.relu(y)"), table.locate(0));
    assertEquals(new Location("model.py", 15, "return F.relu(y)"), table.locate(999));
  }

  @Test
  void positionsAreBytesOfUtf8() {
    String source = "def f(x):\n    # \u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\n    return x\n";
    DebugTable table = table(new String[] {"m.py"}, new String[] {source}, 1, 30);
    assertEquals(3, table.locate(0).line());
  }

  @Test
  void codeThatTorchFxWroteIsNoLineOfTheUsers() {
    String generated = "<eval_with_key>.18(398): forward\n";
    assertEquals(
        new Location("net.py", 15, ""),
        table(
                new String[] {TORCH},
                new String[] {TORCH + "(1777): relu\n" + generated + "net.py(15): forward\n"},
                1777,
                0)
            .locate(3));
    assertEquals(
        Location.UNKNOWN,
        table(new String[] {"<eval_with_key>.18"}, new String[] {generated}, 398, 0).locate(3));
  }

  @Test
  void tracedStackGivesTheFirstFrameOutsideTorch() {
    String stack =
        TORCH
            + "(1777): relu\n"
            + "/data/my models/net.py(15): forward\n"
            + "/env/lib/python3.11/site-packages/torch/jit/_trace.py(9): trace\n";
    assertEquals(
        new Location("net.py", 15, ""),
        table(new String[] {TORCH}, new String[] {stack}, 1777, 0).locate(3));
    String neutral = "torch/nn/functional.py(1777): relu\nmodel.py(4): forward\n";
    assertEquals(
        new Location("model.py", 4, ""),
        table(new String[] {TORCH}, new String[] {neutral}, 1777, 0).locate(3));
    // A Sequential has no forward of the user's: then it is the line that asked for the export.
    String exported =
        TORCH
            + "(1777): relu\n"
            + "/env/lib/python3.11/site-packages/zkpytorch/archive.py(188): _trace\n"
            + "/data/export.py(5): <module>\n";
    assertEquals(
        new Location("export.py", 5, ""),
        table(new String[] {TORCH}, new String[] {exported}, 1777, 0).locate(3));
  }

  @Test
  void torchAloneAndMissingSourceAreUnknown() {
    DebugTable table =
        table(
            new String[] {TORCH, "model.py"},
            new String[] {"def relu(x):\n  return x\n", ""},
            5,
            0);
    assertEquals(Location.UNKNOWN, table.locate(0));
    assertEquals(Location.UNKNOWN, table.locate(10));
    assertEquals(Location.UNKNOWN, DebugTable.EMPTY.locate(0));
  }

  @Test
  void lastRowAtOrBeforeTheOffset() {
    DebugTable table =
        table(new String[] {"a.py", "b.py", "c.py"}, new String[] {"x\n", "y\n", "z\n"}, 1, 0);
    assertEquals("a.py", table.locate(9).file());
    assertEquals("b.py", table.locate(10).file());
    assertEquals("c.py", table.locate(20).file());
    assertEquals(Location.UNKNOWN, table.locate(-1));
  }

  @Test
  void unknownFormsAreEmpty() {
    PickleBytes old = new PickleBytes().mark().integer(1).tuple();
    assertEquals(
        Location.UNKNOWN,
        DebugTable.of(PickleReader.read("f", old.segment(), _ -> Optional.empty())).locate(0));
  }
}
