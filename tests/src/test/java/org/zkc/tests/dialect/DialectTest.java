package org.zkc.tests.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.UserException;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;

/**
 * Archives that use the serialised dialect as people do: each means at the tensor level what
 * PyTorch answered, or is refused at the user's line.
 */
final class DialectTest {
  static Stream<DialectArchive> archives() {
    return DialectArchive.all().stream();
  }

  @Test
  void thereAreArchives() {
    assertTrue(archives().count() >= 70);
  }

  @ParameterizedTest
  @MethodSource("archives")
  void meansWhatPyTorchAnswers(DialectArchive archive) {
    var pipeline = new CompilePipeline(CompileOptions.DEFAULT.withMethod(archive.method()));
    if (!archive.refused().isEmpty()) {
      String message =
          assertThrows(UserException.class, () -> pipeline.toTensor(pipeline.read(archive.path())))
              .describe();
      assertTrue(message.contains(archive.refused()), message);
      return;
    }
    ImportedModel model = pipeline.read(archive.path());
    assertTrue(model.answers().isPresent(), "the archive holds PyTorch's answers");
    List<String> names = pipeline.toTensor(model).outputNames(); // compares with the answers
    assertEquals(archive.outputNames(), names);
  }
}
