package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.Port;
import org.zkc.ir.Location;
import org.zkc.runtime.artifact.Evaluation;
import org.zkc.runtime.artifact.Layer;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.artifact.Summary;
import org.zkc.runtime.emit.EmittedCircuit;
import org.zkc.runtime.numpy.NpyWriter;

/** The page that {@code zkc inspect --html} writes, as a person sees it in a browser. */
final class InspectPageTest {
  private static final String HOSTILE =
      "</script><img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>&lt;b&gt;";

  @TempDir static Path folder;

  private static Browser browser;
  private static String missing = "";

  @BeforeAll
  static void start() throws IOException {
    try {
      browser = Browser.start();
    } catch (Browser.Missing e) {
      missing = e.getMessage();
      if (!Browser.isRequired()) {
        System.err.println("zkc: the browser test is SKIPPED: " + missing);
      }
      return;
    }
    for (String name : List.of("lenet5", "residual_cnn")) {
      SampleArchive archive = SampleArchive.named(name);
      Cli.run("compile", archive.path(), "-o", file(name + ".zkc")).succeeded();
      page(name + ".zkc");
    }
    Files.write(
        file("x.npy"),
        NpyWriter.encode(SampleArchive.named("lenet5").inputs().getFirst().getFirst()));
    Cli.run("prove", file("lenet5.zkc"), "--input", file("x.npy"), "-o", file("lenet5.zkp"))
        .succeeded();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void requireBrowser() {
    if (browser == null && Browser.isRequired()) {
      fail("the browser test cannot run: " + missing);
    }
    assumeTrue(browser != null, () -> "the browser test is skipped: " + missing);
    browser.screen(1280, 800);
    browser.darkMode(false);
  }

  /** Whatever a test did on a page: nothing complained, and nothing was asked of the network. */
  @AfterEach
  void pageIsQuietAndAlone() {
    if (browser != null) {
      assertEquals(List.of(), browser.console());
      assertEquals(List.of(), browser.requests());
    }
  }

  private static Path file(String name) {
    return folder.resolve(name);
  }

  /** Writes the page of a file of the folder; more flags may follow. */
  private static Path page(String name, Object... flags) {
    Path page = file(name + ".html");
    List<Object> words = new ArrayList<>(List.of("inspect", file(name), "--html", page));
    words.addAll(List.of(flags));
    Cli.run(words.toArray()).succeeded();
    return page;
  }

  private static JsonNode json(String name) throws IOException {
    return new ObjectMapper().readTree(Cli.run("inspect", file(name), "--json").succeeded().out());
  }

  private static List<WebElement> all(String selector) {
    return browser.driver().findElements(By.cssSelector(selector));
  }

  private static String text(String selector) {
    return browser.driver().findElement(By.cssSelector(selector)).getText();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "residual_cnn"})
  void everyLayerIsDrawnAndListed(String name) throws IOException {
    browser.open(file(name + ".zkc.html"));
    JsonNode json = json(name + ".zkc");
    int layers = json.get("network").size();
    assertTrue(layers > 5, "layers: " + layers);
    assertEquals(layers, all("#graph .node[role=button]").size());
    assertEquals(2, all("#graph .node.port").size());
    assertEquals(layers, all(".level[data-level=network] .line-of").size());
    assertEquals(layers, all("#cost tbody tr button").size());
    assertEquals(json.get("layers").size(), all(".level[data-level=relations] .line-of").size());
    // Into each layer, and into the output.
    assertTrue(all("#graph .edge").size() > layers, "edges");
    assertTrue(text("h1").contains(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "residual_cnn"})
  void aLayerIsMarkedAtEveryLevelWithItsSourceLine(String name) throws IOException {
    browser.open(file(name + ".zkc.html"));
    for (JsonNode layer : json(name + ".zkc").get("network")) {
      int number = layer.get("layer").asInt();
      browser
          .driver()
          .findElement(By.cssSelector("#graph .node[data-layer='" + number + "']"))
          .click();
      assertEquals(1, all("#graph .node.selected").size(), "node " + number);
      for (String level : List.of("your Python", "network", "integers", "relations")) {
        List<WebElement> marked =
            all(".level[data-level='" + level + "'] .line-of.selected[aria-selected=true]");
        assertTrue(!marked.isEmpty(), "layer " + number + " at level " + level);
        assertTrue(marked.getFirst().isDisplayed());
      }
      assertEquals(1, all(".level[data-level=network] .line-of.selected").size());
      String source = layer.get("source").asText();
      assertTrue(source.matches("model\\.py:\\d+"), source);
      assertEquals(source, text("#source-line"));
      assertEquals(source, text(".level[data-level='your Python'] .line-of.selected .text"));
      assertEquals(1, all("#cost tr.selected").size());
    }
  }

  @Test
  void aConvolutionsIntegersAndRelationsAreItsOwn() throws IOException {
    browser.open(file("residual_cnn.zkc.html"));
    JsonNode json = json("residual_cnn.zkc");
    for (JsonNode layer : json.get("network")) {
      if (!layer.get("operation").asText().equals("conv")) {
        continue;
      }
      browser.run("select(arguments[0])", layer.get("layer").asInt());
      String parameter = layer.get("name").asText() + ".weight";
      for (String level : List.of("network", "integers", "relations")) {
        assertTrue(
            all(".level[data-level='" + level + "'] .line-of.selected").stream()
                .anyMatch(line -> line.getText().contains(parameter)),
            parameter + " at level " + level);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "residual_cnn"})
  void costsAddUpToWhatInspectPrints(String name) throws IOException {
    browser.open(file(name + ".zkc.html"));
    JsonNode json = json(name + ".zkc");
    List<Double> sums = columnSums("cost");
    List<Double> totals = totals("cost");
    assertEquals(sums.size(), totals.size());
    for (int c = 1; c < sums.size(); c++) {
      assertEquals(totals.get(c), sums.get(c), 1e-9 * Math.max(1, totals.get(c)), "column " + c);
    }
    assertEquals(json.at("/estimates/proveSeconds").asDouble(), totals.get(1), 1e-9);
    assertEquals(json.get("lookups").asDouble(), totals.get(2));
    long committed = 0;
    for (JsonNode relation : json.get("layers")) {
      committed += relation.get("committedCells").asLong();
    }
    assertEquals(committed, totals.get(3));
    assertEquals(json.get("multiplications").asDouble(), totals.get(4));
    assertEquals(json.get("parameters").asDouble(), totals.get(5));
    // Each layer's own row is what its relations cost.
    for (JsonNode layer : json.get("network")) {
      int number = layer.get("layer").asInt();
      long lookups = 0;
      for (JsonNode relation : json.get("layers")) {
        lookups += relation.get("layer").asInt() == number ? relation.get("lookups").asLong() : 0;
      }
      assertEquals(
          lookups,
          browser.number(
              "return Number(document.querySelectorAll('#cost tbody tr')[arguments[0]]"
                  + ".children[2].dataset.value)",
              number - 1));
    }
  }

  @Test
  void errorsAreThoseOfTheSummary() throws IOException {
    browser.open(file("residual_cnn.zkc.html"));
    JsonNode json = json("residual_cnn.zkc");
    List<WebElement> rows = all("#error tbody tr");
    assertEquals(json.get("fidelityByLayer").size() + 1, rows.size());
    WebElement result = rows.getLast();
    assertEquals(
        json.at("/fidelity/output/rSquared").asDouble(),
        Double.parseDouble(
            result.findElements(By.tagName("td")).get(1).getDomAttribute("data-value")));
    double decibel =
        Double.parseDouble(
            result.findElements(By.tagName("td")).get(2).getDomAttribute("data-value"));
    assertEquals(
        json.at("/fidelity/output/rSquared").asDouble(), 1 - Math.pow(10, -decibel / 10), 1e-9);
  }

  @Test
  void everyByteOfAProofIsAccountedFor() throws IOException {
    long size = Files.size(file("lenet5.zkp"));
    browser.open(page("lenet5.zkp"));
    assertEquals(size, columnSums("composition").get(1));
    assertEquals(size, totals("composition").get(1));
    assertTrue(all("#statement").isEmpty());

    browser.open(page("lenet5.zkp", "--key", file("lenet5.vk")));
    assertEquals(size, totals("composition").get(1));
    assertEquals(2, all("#statement tbody tr").size());
    assertTrue(text("#statement").contains("1x1x28x28"));

    // The model's page expects a proof of nearly that size.
    browser.open(file("lenet5.zkc.html"));
    assertEquals(size, totals("composition").get(1), 0.05 * size);
    assertEquals(totals("composition").get(1), columnSums("composition").get(1));
  }

  @Test
  void aKeySaysHowSureItIs() throws IOException {
    browser.open(page("lenet5.vk"));
    JsonNode json = json("lenet5.vk");
    assertEquals(json.get("securityBits").asDouble(), totals("security").get(1));
    double error = 0;
    for (WebElement row : all("#security tbody tr")) {
      error +=
          Math.pow(
              2,
              -Double.parseDouble(
                  row.findElements(By.tagName("td")).get(1).getDomAttribute("data-value")));
      assertTrue(
          !row.findElements(By.tagName("td")).get(2).getText().equals("\u2013"), row.getText());
    }
    assertEquals(json.get("securityBits").asDouble(), -Math.log(error) / Math.log(2), 1e-6);
    assertTrue(text("header").contains(json.get("digest").asText()));
    int relations = 0;
    for (JsonNode count : json.get("relations")) {
      relations += count.asInt();
    }
    assertEquals(relations, all("#graph .node[role=button]").size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "tensor", "integer", "circuit"})
  void programsHavePagesToo(String level) {
    Path program = file("lenet5." + level + ".zkir");
    Cli.run("compile", SampleArchive.named("lenet5").path(), "--emit", level, "-o", program)
        .succeeded();
    browser.open(page(program.getFileName().toString()));
    assertTrue(all("#graph .node[role=button]").size() > 10);
    all("#graph .node[role=button]").get(5).click();
    assertEquals(1, all(".level[data-level=" + level + "] .line-of.selected").size());
  }

  @Test
  void archivesHavePagesToo() throws IOException {
    Files.copy(SampleArchive.named("residual_cnn").path(), file("residual_cnn.pt"));
    browser.open(page("residual_cnn.pt"));
    assertTrue(all(".level[data-level=torch] .line-of").size() > 20);
    assertTrue(text(".level[data-level='your Python']").contains("model.py:144"));
    assertTrue(text("header").contains("x: 1x3x16x16"));
  }

  @Test
  void hostileNamesStayText() throws IOException {
    ModelFile model = ModelFile.open(file("lenet5.zkc"));
    Location line = new Location(HOSTILE, 7, HOSTILE, 1);
    List<Layer> graph = new ArrayList<>();
    for (Layer layer : model.summary().graph()) {
      graph.add(
          new Layer(
              HOSTILE,
              HOSTILE,
              HOSTILE,
              line.withLayer(layer.location().layer()),
              layer.shape(),
              layer.inputs(),
              layer.parameters(),
              layer.carrier(),
              layer.bounds()));
    }
    Summary s = model.summary();
    Summary summary =
        new Summary(
            HOSTILE,
            s.defaultCalibration(),
            new Evaluation(
                HOSTILE,
                s.outputs().stream()
                    .map(f ->
                        new Summary.Fidelity(
                            HOSTILE,
                            f.layer(),
                            f.rSquared(),
                            f.cosine(),
                            f.top1Agreement(),
                            f.agreement()))
                    .toList(),
                HOSTILE,
                List.of(),
                Optional.empty(),
                Optional.empty()),
            s.layers(),
            graph,
            s.results());
    List<EmittedCircuit.Origin> origins =
        model.origins().stream()
            .map(o -> new EmittedCircuit.Origin(HOSTILE, line.withLayer(o.location().layer())))
            .toList();
    KeyFile key =
        new KeyFile(
            model.keyFile().key(),
            List.of(
                new Port(
                    HOSTILE,
                    model.keyFile().inputs().getFirst().elementType(),
                    model.keyFile().inputs().getFirst().scale())),
            model.keyFile().outputs());
    String name = "a'\"<img onerror=hack>&{{data}}.zkc";
    new ModelFile(
            key, model.weights(), origins, summary, model.program(), model.proofMilliseconds())
        .write(file(name));
    Path page = file("hostile.html");
    Cli.run("inspect", file(name), "--html", page).succeeded();
    browser.open(page);
    assertEquals(name, text("h1"));
    assertEquals(name + " - zkc", browser.driver().getTitle());
    assertEquals(0L, browser.number("return document.querySelectorAll('img').length"));
    assertEquals(2L, browser.number("return document.querySelectorAll('script').length"));
    assertEquals("undefined", browser.run("return typeof window.hacked"));
    all("#cost tbody tr button").get(3).click();
    assertEquals(HOSTILE + ":7  " + HOSTILE, text("#source-line").replace("\n", ""));
    assertTrue(
        (Boolean)
            browser.run(
                "return [...document.querySelectorAll('.level[data-level=network] .text')]"
                    + ".every(e => e.textContent === arguments[0])",
                HOSTILE));

    // The same through the text of a program.
    String program =
        """
        program tensor {
          func @main(%x: tensor<1x4:f32>) {
            %y = tensor.relu(%x) : tensor<1x4:f32> loc("HOSTILE":7 "HOSTILE")
            return %y
          }
        }
        """
            .replace("HOSTILE", HOSTILE.replace("\"", "\\\""));
    Files.writeString(file("hostile.zkir"), program);
    browser.open(page("hostile.zkir"));
    assertEquals("undefined", browser.run("return typeof window.hacked"));
    assertEquals(0L, browser.number("return document.querySelectorAll('img').length"));
    assertTrue(text("#source-line").contains("onerror"));
  }

  /** The page's own policy stops what its script would never do. */
  @Test
  void nothingForeignRunsOrLoads() {
    browser.open(file("lenet5.zkc.html"));
    browser.run(
        "const s = document.createElement('script'); s.textContent = 'window.hacked = 1';"
            + " document.body.append(s);");
    assertEquals("undefined", browser.run("return typeof window.hacked"));
    assertEquals(1, browser.console().size());
  }

  @Test
  void everythingFitsASmallScreen() {
    for (Path page :
        List.of(
            file("lenet5.zkc.html"),
            file("residual_cnn.zkc.html"),
            page("lenet5.vk"),
            page("lenet5.zkp", "--key", file("lenet5.vk")))) {
      browser.screen(390, 844);
      browser.open(page);
      assertEquals(390L, browser.number("return innerWidth"), page.toString());
      assertTrue(
          browser.number("return document.documentElement.scrollWidth") <= 390, page.toString());
      assertEquals(
          List.of(),
          browser.run(
              "return [...document.querySelectorAll('section, header, nav, .facts > div')]"
                  + ".filter(e => e.getBoundingClientRect().right > 390).map(e => e.id)"));
    }
  }

  @Test
  void keysMoveTheSelection() {
    browser.open(file("lenet5.zkc.html"));
    assertEquals(1, all("#graph .node[tabindex='0']").size());
    WebElement first = all("#graph .node[data-layer='1']").getFirst();
    browser.run("arguments[0].focus()", first);
    first.sendKeys(Keys.ENTER);
    assertEquals("1", selectedNode());
    first.sendKeys(Keys.ARROW_DOWN);
    assertEquals("2", selectedNode());
    assertEquals("2", browser.run("return document.activeElement.dataset.layer"));
    browser.driver().switchTo().activeElement().sendKeys(Keys.ARROW_UP);
    assertEquals("1", selectedNode());
    WebElement list = all(".level[data-level=network] .lines").getFirst();
    list.sendKeys(Keys.ARROW_DOWN);
    assertEquals("2", selectedNode());
  }

  private static String selectedNode() {
    return all("#graph .node.selected").getFirst().getDomAttribute("data-layer");
  }

  @Test
  void columnsSort() {
    browser.open(file("lenet5.zkc.html"));
    WebElement lookups = all("#cost th button").get(1);
    assertEquals("lookups", lookups.getText());
    lookups.click();
    List<Double> sorted = column("cost", 2);
    assertEquals(sorted.stream().sorted((a, b) -> Double.compare(b, a)).toList(), sorted);
    lookups.click();
    assertEquals("1", text("#cost tbody tr .number"));
  }

  @Test
  void lightAndDarkDiffer() {
    browser.open(file("lenet5.zkc.html"));
    String background = "return getComputedStyle(document.body).backgroundColor";
    Object light = browser.run(background);
    browser.darkMode(true);
    assertNotEquals(light, browser.run(background));
  }

  @Test
  void pagesAreReproducible() throws IOException {
    byte[] first = Files.readAllBytes(page("lenet5.zkc"));
    assertArrayEquals(first, Files.readAllBytes(page("lenet5.zkc")));
    Path elsewhere = Files.createDirectory(file("elsewhere")).resolve("lenet5.zkc");
    Files.copy(file("lenet5.zkc"), elsewhere);
    Cli.run("inspect", elsewhere, "--html", file("other.html")).succeeded();
    assertArrayEquals(first, Files.readAllBytes(file("other.html")));
  }

  private static List<Double> column(String table, int index) {
    return all("#" + table + " tbody tr td:nth-child(" + (index + 1) + ")").stream()
        .map(td -> Double.valueOf(td.getDomAttribute("data-value")))
        .toList();
  }

  /** Sums of the columns of figures over the rows of a table; 0 for columns of text. */
  @SuppressWarnings("unchecked")
  private static List<Double> columnSums(String table) {
    return numbers(
        (List<Object>)
            browser.run(
                "const rows = [...document.querySelectorAll('#' + arguments[0] + ' tbody tr')];"
                    + " return [...rows[0].children].map((_, c) => rows.reduce("
                    + "(sum, row) => sum + (Number(row.children[c].dataset.value) || 0), 0))",
                table));
  }

  @SuppressWarnings("unchecked")
  private static List<Double> totals(String table) {
    return numbers(
        (List<Object>)
            browser.run(
                "return [...document.querySelector('#' + arguments[0] + ' tfoot tr').children]"
                    + ".map(td => Number(td.dataset.value) || 0)",
                table));
  }

  private static List<Double> numbers(List<Object> values) {
    return values.stream().map(v -> ((Number) v).doubleValue()).toList();
  }
}
