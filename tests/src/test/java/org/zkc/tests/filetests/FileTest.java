package org.zkc.tests.filetests;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.zkc.tests.Repository;

/** Every case of every file under tests/filetests; docs/ir.md says how to write one. */
final class FileTest {
  @TestFactory
  List<DynamicNode> cases() throws IOException {
    return FileTests.discover(Repository.root().resolve("tests/filetests"));
  }
}
