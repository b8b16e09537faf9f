package org.zkc.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.UserException;

final class AtomicFilesTest {
  @TempDir private Path folder;

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("a.bin");
    AtomicFiles.write(file, new byte[] {1});
    assertThrows(
        IOException.class,
        () ->
            AtomicFiles.write(
                file,
                out -> {
                  out.write(2);
                  throw new IOException("disk full");
                }));
    assertEquals(1, Files.readAllBytes(file)[0]);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void missingFoldersAndFoldersAsFilesAreTheUsersError() {
    assertThrows(
        UserException.class, () -> AtomicFiles.write(folder.resolve("no/a.bin"), new byte[1]));
    assertThrows(UserException.class, () -> AtomicFiles.write(folder, new byte[1]));
  }

  /** Not for root, who may write everywhere. */
  @Test
  void readOnlyFoldersAreToldBeforeTheWork() {
    assumeTrue(folder.toFile().setWritable(false) && !Files.isWritable(folder));
    UserException e =
        assertThrows(
            UserException.class, () -> AtomicFiles.requireWritable(folder.resolve("a.bin")));
    assertTrue(e.getMessage().contains("is read-only"), e.getMessage());
    assertTrue(folder.toFile().setWritable(true));
  }

  /** A socket stands for all that is no regular file: Java can make one without privileges. */
  @Test
  void devicesAndPipesAreNotReplaced() throws IOException {
    Path socket = folder.resolve("s");
    try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.bind(UnixDomainSocketAddress.of(socket));
      UserException e =
          assertThrows(UserException.class, () -> AtomicFiles.write(socket, new byte[1]));
      assertEquals(socket + " is a device or a pipe; name a file", e.getMessage());
      assertFalse(Files.isRegularFile(socket));
    }
  }
}
