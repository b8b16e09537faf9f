package org.zkc.torchscript.lower;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Location;
import org.zkc.ir.UserException;
import org.zkc.torchscript.archive.TorchArchive;
import org.zkc.torchscript.code.ClassDefinition;
import org.zkc.torchscript.code.CodeFile;
import org.zkc.torchscript.code.CodeParser;
import org.zkc.torchscript.code.FunctionDefinition;
import org.zkc.torchscript.debug.DebugTable;
import org.zkc.torchscript.pickle.PickleReader;

/** The archive's code by qualified name, parsed when first asked for. */
final class CodeLibrary {

  /**
   * One code record.
   *
   * @param isTorch whether it is PyTorch's own library code, whose lines mean nothing to the user
   */
  record Code(CodeFile file, DebugTable debug, boolean isTorch) {}

  /** A definition and the record that holds it. */
  record Located<T>(T definition, Code code) {}

  private final TorchArchive archive;
  private final Map<String, Optional<Code>> records = new HashMap<>();

  CodeLibrary(TorchArchive archive) {
    this.archive = archive;
  }

  /** {@code __torch__.a.b.Name}: the class Name of {@code code/__torch__/a/b.py}. */
  Optional<Located<ClassDefinition>> findClass(String qualifiedName) {
    String name = lastPart(qualifiedName);
    return code(qualifiedName)
        .flatMap(c ->
            c.file().classes().stream()
                .filter(d -> d.name().equals(name))
                .findFirst()
                .map(d -> new Located<>(d, c)));
  }

  Optional<Located<FunctionDefinition>> findFunction(String qualifiedName) {
    String name = lastPart(qualifiedName);
    return code(qualifiedName)
        .flatMap(c ->
            c.file().functions().stream()
                .filter(d -> d.name().equals(name))
                .findFirst()
                .map(d -> new Located<>(d, c)));
  }

  /** A class that must exist because an object of it does. */
  Located<ClassDefinition> requireClass(String qualifiedName, Location at) {
    return findClass(qualifiedName)
        .orElseThrow(() ->
            new UserException(
                at,
                "The archive has an object of class %s but no code for it; export the model again."
                    .formatted(demangled(qualifiedName))));
  }

  private Optional<Code> code(String qualifiedName) {
    int dot = qualifiedName.lastIndexOf('.');
    if (dot < 0 || !qualifiedName.startsWith("__torch__")) {
      return Optional.empty();
    }
    String record = "code/" + qualifiedName.substring(0, dot).replace('.', '/') + ".py";
    Optional<Code> known = records.get(record);
    if (known == null) {
      known = load(record);
      records.put(record, known);
    }
    return known;
  }

  private Optional<Code> load(String record) {
    Optional<MemorySegment> content = archive.record(record);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    // One character per byte, so that offsets of characters are the byte offsets of the debug
    // record.
    String text =
        new String(content.get().toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    CodeFile file = CodeParser.parse(record, text);
    DebugTable debug =
        archive
            .record(record + ".debug_pkl")
            .map(d ->
                DebugTable.of(PickleReader.read(record + ".debug_pkl", d, _ -> Optional.empty())))
            .orElse(DebugTable.EMPTY);
    return Optional.of(new Code(file, debug, record.startsWith("code/__torch__/torch/")));
  }

  private static String lastPart(String qualifiedName) {
    return qualifiedName.substring(qualifiedName.lastIndexOf('.') + 1);
  }

  /**
   * The name without the process-wide numbers that PyTorch inserts and without the {@code
   * __torch__} prefix.
   */
  static String demangled(String qualifiedName) {
    String plain = qualifiedName.replaceAll("\\.___torch_mangle_\\d+", "");
    return plain.startsWith("__torch__.") ? plain.substring("__torch__.".length()) : plain;
  }
}
