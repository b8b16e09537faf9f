package org.zkc.torchscript;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.UnaryOperator;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.text.Printer;
import org.zkc.torchscript.archive.ZipBytes;
import org.zkc.torchscript.pickle.PickleBytes;

/**
 * A TorchScript archive made in memory from code text, for tests of one construct each: a root
 * object of class {@code __torch__.M} with a 2x2 parameter {@code w}, an int list {@code il}, and
 * {@code training} False.
 */
public final class InMemoryModel {
  /** The root's class with the attributes that every model here has; methods follow. */
  public static final String CLASS =
      "class M(Module):\n  w : Tensor\n  il : List[int]\n  training : bool\n";

  /** The head of a {@code forward} of one tensor, {@code x}. */
  public static final String FORWARD =
      "  def forward(self: __torch__.M,\n    x: Tensor) -> Tensor:\n";

  private final ZipBytes zip = new ZipBytes();
  private UnaryOperator<PickleBytes> attributes = p -> p;

  private InMemoryModel() {}

  /** The lines of forward's body, after {@code def forward(self, x: Tensor) -> Tensor:}. */
  public static InMemoryModel forward(String... lines) {
    return code(
        CLASS + "  k : Final[int] = 3\n" + FORWARD + "    " + String.join("\n    ", lines) + "\n");
  }

  /** The whole of {@code code/__torch__.py}. */
  public static InMemoryModel code(String text) {
    InMemoryModel model = new InMemoryModel();
    model.zip.put("m/code/__torch__.py", text).put("m/version", "3\n");
    return model;
  }

  /** Adds a record below the root folder. */
  public InMemoryModel record(String name, String text) {
    zip.put("m/" + name, text);
    return this;
  }

  public InMemoryModel record(String name, byte[] content) {
    zip.put("m/" + name, content);
    return this;
  }

  /** Writes further attributes of the root. */
  public InMemoryModel attributes(UnaryOperator<PickleBytes> writer) {
    attributes = writer;
    return this;
  }

  public byte[] bytes() {
    PickleBytes p = new PickleBytes().object("__torch__", "M");
    p.text("w").tensor("FloatStorage", "0", 4, 0, new int[] {2, 2}, new int[] {2, 1});
    p.text("il")
        .global("torch.jit._pickle", "build_intlist")
        .op(']')
        .mark()
        .integer(1)
        .integer(2)
        .op('e')
        .op(0x85)
        .op('R');
    p.text("training").bool(false);
    byte[] weights =
        TensorData.ofFloats(Shape.of(4), new float[] {1, 2, 3, 4})
            .bytes()
            .toArray(ValueLayout.JAVA_BYTE);
    return zip.put("m/data.pkl", attributes.apply(p).endObject().bytes())
        .put("m/data/0", weights)
        .bytes();
  }

  public ImportedModel read() {
    return TorchScriptReader.read("m.pt", MemorySegment.ofArray(bytes()));
  }

  /** The torch-level program as text. */
  public String text() {
    return Printer.print(read().program());
  }
}
