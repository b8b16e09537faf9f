package org.zkc.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.runtime.serve.RpcException;

/**
 * The small model that a new process proves, with the files that {@code zkc demo --keep} leaves.
 */
final class WarmUpTest {
  @TempDir private Path folder;

  private void demo() {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    assertEquals(
        ExitCode.OK, Main.run(out, out, "demo", "--keep", folder.toString()), text::toString);
  }

  private List<String> files() throws Exception {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  @Test
  void provesUntilACommandThatProvesVerifiesOrRuns() throws Exception {
    demo();
    List<String> before = files();
    WarmUp warmUp = WarmUp.begin(folder);
    while (warmUp.turns() == 0 && warmUp.isWorking()) {
      Thread.onSpinWait();
    }
    assertTrue(warmUp.turns() > 0);
    ServedCommands commands = new ServedCommands(Optional.of(warmUp));
    Map<String, String> params =
        Map.of(
            "proof",
            folder.resolve("digit.zkp").toString(),
            "key",
            folder.resolve("digits.vk").toString());
    commands.call("verify", new ObjectMapper().valueToTree(params), (stage, fraction) -> {});
    warmUp.end();
    assertTrue(!warmUp.isWorking());
    assertEquals(before, files());
  }

  @Test
  void aFolderWithoutAModelIsNoFailure() throws RpcException {
    WarmUp warmUp = WarmUp.begin(folder);
    warmUp.end();
    assertEquals(0, warmUp.turns());
  }
}
