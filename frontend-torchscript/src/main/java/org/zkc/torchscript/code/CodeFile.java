package org.zkc.torchscript.code;

import java.util.List;

/** One code record: classes and free functions in order. */
public record CodeFile(List<ClassDefinition> classes, List<FunctionDefinition> functions) {
  public CodeFile {
    classes = List.copyOf(classes);
    functions = List.copyOf(functions);
  }
}
