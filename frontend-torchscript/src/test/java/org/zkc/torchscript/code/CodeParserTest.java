package org.zkc.torchscript.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.UserException;

class CodeParserTest {
  private static final Path ARCHIVES =
      Path.of("..", "tests", "src", "test", "resources", "archives");

  private static List<Statement> body(String... lines) {
    String text = "def f(x: Tensor) -> Tensor:\n  " + String.join("\n  ", lines) + "\n";
    return CodeParser.parse("f.py", text).functions().get(0).body();
  }

  private static Expression value(String expression) {
    return assertInstanceOf(Statement.Assign.class, body("a = " + expression).get(0)).value();
  }

  private static String refusal(String text) {
    return assertThrows(UserException.class, () -> CodeParser.parse("f.py", text)).getMessage();
  }

  @ParameterizedTest
  @CsvSource({
    "0.10000000000000001, 0.1",
    "9.9999999999999998e-13, 1e-12",
    "3., 3.0",
    "1e+22, 1e22",
    "4.9406564584124654e-324, 4.9e-324",
    "1.7976931348623157e+308, 1.7976931348623157E308",
    "-0., -0.0",
    "inf, Infinity",
    "-inf, -Infinity",
    "nan, NaN",
    "123456789., 123456789.0",
    "9999999999., 9999999999.0"
  })
  void floats(String text, double expected) {
    Expression.FloatLiteral f = assertInstanceOf(Expression.FloatLiteral.class, value(text));
    assertEquals(Double.doubleToLongBits(expected), Double.doubleToLongBits(f.value()));
  }

  @ParameterizedTest
  @CsvSource({
    "10000000000, true",
    "-10000000000, true",
    "9999999999, false",
    "0, false",
    "-1, false",
    "9223372036854775807, true",
    "-9223372036854775808, true"
  })
  void intsThatMayBeFloats(String text, boolean mayBeFloat) {
    Expression.IntLiteral i = assertInstanceOf(Expression.IntLiteral.class, value(text));
    assertEquals(Long.parseLong(text), i.value());
    assertEquals(mayBeFloat, i.mayBeFloat());
  }

  @Test
  void stringEscapes() {
    Expression.StringLiteral s =
        assertInstanceOf(
            Expression.StringLiteral.class,
            value("\"ctl\\001\\a\\'\\\"\\\\\\177\\n\\t\\r\\v\\f\\b#\\000\""));
    assertEquals("ctl\u0001\u0007'\"\\\u007f\n\t\r\u000b\f\b#\0", s.value());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\x41\"",
        "\"\\9\"",
        "\"\\12\"",
        "\"open",
        "'single'",
        "9223372036854775808",
        "1e",
        "x +",
        "a.0"
      })
  void notLiterals(String text) {
    assertThrows(UserException.class, () -> value(text));
  }

  @Test
  void complexLiteral() {
    assertInstanceOf(Expression.ComplexLiteral.class, value("1.+2.j"));
  }

  @Test
  void threeKindsOfTargets() {
    List<Statement> s = body("a, b, = t", "a, b = torch.max(x, 0)", "a, b = b, a", "self.n = a");
    assertInstanceOf(Statement.Unpack.class, s.get(0));
    assertInstanceOf(Statement.AssignResults.class, s.get(1));
    assertEquals(2, assertInstanceOf(Statement.AssignTogether.class, s.get(2)).values().size());
    assertInstanceOf(Statement.SetAttribute.class, s.get(3));
  }

  @Test
  void tuplesAndParentheses() {
    assertEquals(0, assertInstanceOf(Expression.TupleLiteral.class, value("()")).elements().size());
    assertEquals(
        1, assertInstanceOf(Expression.TupleLiteral.class, value("(a,)")).elements().size());
    assertInstanceOf(Expression.Name.class, value("(a)"));
    assertInstanceOf(Expression.Subscript.class, value("(torch.size(x))[0]"));
  }

  @Test
  void typesInExpressions() {
    Expression.Call c =
        assertInstanceOf(
            Expression.Call.class, value("annotate(Dict[int, Tuple[str, float]], {})"));
    assertEquals(
        "Dict[int, Tuple[str, float]]",
        TypeNames.text(TypeNames.ofExpression(c.positional().get(0)).orElseThrow()));
    Expression.Call empty =
        assertInstanceOf(Expression.Call.class, value("uninitialized(Tuple[()])"));
    assertEquals(
        "Tuple[()]",
        TypeNames.text(TypeNames.ofExpression(empty.positional().get(0)).orElseThrow()));
  }

  @Test
  void oldHeaders() {
    String text =
        "op_version_set = 1\nimport __torch__.torch.nn\ndef f(x: Tensor) -> Tensor:\n  return x\n";
    assertEquals(1, CodeParser.parse("f.py", text).functions().size());
  }

  @Test
  void offsetsAreThoseOfTheText() {
    String text = "def f(x: Tensor) -> Tensor:\n  y = torch.relu(x)\n  return y\n";
    Statement.Assign a =
        (Statement.Assign) CodeParser.parse("f.py", text).functions().get(0).body().get(0);
    assertEquals(text.indexOf("torch"), a.value().offset());
  }

  @Test
  void errorsNameLineAndToken() {
    assertEquals(
        "Line 2 of the record f.py is not TorchScript code as torch.jit.save prints it: unexpected"
            + " '+'.",
        refusal("def f(x: Tensor) -> Tensor:\n  return x + 1\n"));
    assertTrue(
        refusal("def f(x: Tensor) -> Tensor:\n  y = x\n    z = y\n").contains("indentation"));
    assertTrue(
        refusal("def f(x: Tensor) -> Tensor:\n    y = x\n  z = y\n")
            .contains("indented like none before"));
    assertTrue(
        refusal("def f(x: Tensor) -> Tensor:\n  for i in x:\n    pass\n").contains("range(n)"));
    assertTrue(refusal("def f(").contains("ends too early"));
  }

  @Test
  void nestingIsBounded() {
    String deep = "(".repeat(5000) + "x" + ")".repeat(5000);
    assertTrue(refusal("def f(x: Tensor) -> Tensor:\n  return " + deep + "\n").contains("nested"));
    assertTrue(
        refusal("def f(x: Tensor) -> Tensor:\n  return x" + ".y".repeat(5000) + "\n")
            .contains("follow each other"));
    StringBuilder blocks = new StringBuilder("def f(x: Tensor) -> Tensor:\n");
    for (int i = 1; i < 3000; i++) {
      blocks.append("  ".repeat(i)).append("while x:\n");
    }
    assertTrue(
        refusal(blocks.append("  ".repeat(3000)).append("pass\n").toString()).contains("nested"));
  }

  /** Every code record of the sample archives: tokens survive parsing and printing. */
  @TestFactory
  Stream<DynamicTest> roundTripOfArchives() throws IOException {
    List<Path> archives;
    try (Stream<Path> files = Files.list(ARCHIVES)) {
      archives =
          files
              .filter(p -> p.toString().endsWith(".pt") && !p.toString().contains("foreign"))
              .sorted()
              .toList();
    }
    assertTrue(archives.size() > 10, "sample archives are missing");
    return archives.stream()
        .map(p -> DynamicTest.dynamicTest(p.getFileName().toString(), () -> roundTrip(p)));
  }

  private static void roundTrip(Path archive) throws IOException {
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      for (ZipEntry entry : zip.stream().filter(e -> e.getName().endsWith(".py")).toList()) {
        String text =
            new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
        String printed = CodePrinter.print(CodeParser.parse(entry.getName(), text));
        assertEquals(sorted(text), sorted(printed), entry.getName());
        assertEquals(
            printed,
            CodePrinter.print(CodeParser.parse(entry.getName(), printed)),
            entry.getName());
      }
    }
  }

  private static final Pattern ANNOTATION = Pattern.compile("__annotations__\\[\"([^\"]*)\"\\] =");
  private static final Pattern FLOAT =
      Pattern.compile("(?<![A-Za-z_0-9.])\\d+(?:\\.\\d*(?:e[+-]?\\d+)?|e[+-]?\\d+)");

  /**
   * The lines without brackets, commas and spaces, floats in one form; members of classes may be
   * reordered.
   */
  private static List<String> sorted(String text) {
    String joined =
        text.replaceAll("\n {4}(?=[A-Za-z_]\\w* ?[:)])(?=[^\n]*[,)])(?![^\n]*= )", " ")
            .replace(",\n", ", ");
    String plain =
        ANNOTATION.matcher(joined).replaceAll(m -> Matcher.quoteReplacement(m.group(1) + " :"));
    plain =
        FLOAT
            .matcher(plain)
            .replaceAll(m -> Double.toString(Double.parseDouble(m.group())).replace("E", "e"));
    return plain
        .lines()
        .map(l -> l.replaceAll("[(), ]", ""))
        .filter(l -> !l.isEmpty() && !l.equals("__annotations__=[]"))
        .sorted()
        .toList();
  }
}
