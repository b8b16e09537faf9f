package org.zkc.torchscript.archive;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.zkc.ir.UserException;

/**
 * Recognises files that people give in place of a TorchScript archive, so that the error can say
 * what to do.
 */
final class ForeignFormat {
  private static final String EXPORT =
      "export the model with zkpytorch.export(model, example_input), or torch.export.export and"
          + " torch.export.save.";

  private ForeignFormat() {}

  /** Refuses a file that is not a zip file, by its first bytes. */
  static void refuseForeignBytes(String name, MemorySegment file) {
    byte[] head = file.asSlice(0, Math.min(256, file.byteSize())).toArray(ValueLayout.JAVA_BYTE);
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("PK\3\4") || text.startsWith("PK\5\6")) {
      return;
    }
    String what;
    if (head.length == 0) {
      what = "is empty; ";
    } else if (text.startsWith("ML\u00efR")) {
      what = "is MLIR bytecode, which zkc does not read; ";
    } else if (text.startsWith("version https://git-lfs")) {
      throw new UserException(
          name + " is a Git LFS pointer, not the model; run 'git lfs pull' first.");
    } else if (text.startsWith("\u0080\2")) {
      what =
          "is a checkpoint written by torch.save, with weights but no program; load it into its"
              + " model and ";
    } else if (text.startsWith("GGUF")) {
      what = "is a GGUF file, with quantised weights but no program, which zkc does not read; ";
    } else if (isOnnx(name, head)) {
      what = "is an ONNX model, which zkc does not read; ";
    } else if (text.startsWith("\u0089HDF")) {
      what = "is an HDF5 file, not a PyTorch archive; ";
    } else if (text.length() > 9 && text.startsWith("{\"", 8)) {
      what = "is a safetensors file, with weights but no program; load it into its model and ";
    } else if (text.stripLeading().startsWith("module @")
        || text.stripLeading().startsWith("#loc")) {
      throw new UserException(name + " is MLIR text; give the file a name that ends in .mlir.");
    } else {
      what =
          "is not a zip file, so it is not an archive written by torch.export.save or"
              + " torch.jit.save; ";
    }
    throw new UserException(name + " " + what + EXPORT);
  }

  /**
   * Whether it is an ONNX model: a protobuf message ModelProto, which begins with its field 1, the
   * version of the format, and is followed by the producer's name (2) or the graph (7); the name's
   * extension decides where that is not so.
   */
  private static boolean isOnnx(String name, byte[] head) {
    boolean message =
        head.length > 4
            && head[0] == 0x08
            && head[1] > 0
            && head[1] < 32
            && (head[2] == 0x12 || head[2] == 0x3a);
    return message || name.endsWith(".onnx");
  }

  /** Refuses zip files of other kinds, by the names of their entries. */
  static void refuseForeignArchive(String name, Set<String> entries) {
    boolean code = false;
    boolean data = false;
    boolean bytecode = false;
    boolean pt2 = false;
    for (String entry : entries) {
      int slash = entry.indexOf('/');
      String record = slash < 0 ? "" : entry.substring(slash + 1);
      code |= record.startsWith("code/");
      data |= record.equals("data.pkl");
      bytecode |= record.equals("bytecode.pkl");
      pt2 |= record.equals("archive_format") || entry.equals("serialized_exported_program.json");
    }
    if (pt2) {
      throw new UserException(
          name + " was written by torch.export.save, and is no archive of TorchScript.");
    }
    if (code && data) {
      return;
    }
    if (bytecode) {
      throw new UserException(
          name
              + " holds only the bytecode of a mobile interpreter; save the same model with"
              + " torch.jit.save.");
    }
    if (data) {
      throw new UserException(
          name
              + " is a checkpoint written by torch.save, with weights but no program; load it into"
              + " its model and "
              + EXPORT);
    }
    if (entries.stream().anyMatch(e -> e.endsWith(".npy"))) {
      throw new UserException(name + " is a NumPy .npz file, not a model; " + EXPORT);
    }
    throw notTorchScript(name);
  }

  static UserException notTorchScript(String name) {
    return new UserException(
        name
            + " is a zip file but not an archive written by torch.export.save or torch.jit.save; "
            + EXPORT);
  }
}
