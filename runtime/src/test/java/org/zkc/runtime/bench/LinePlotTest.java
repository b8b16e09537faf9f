package org.zkc.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class LinePlotTest {
  private static Document parsed(LinePlot plot) throws Exception {
    byte[] bytes = plot.svg().getBytes(StandardCharsets.UTF_8);
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(bytes));
  }

  /** Costs in proportion are a straight line, from corner to corner of the axes' range. */
  @Test
  void proportionIsAStraightLine() throws Exception {
    LinePlot plot =
        new LinePlot(
            "a < b & c",
            "n",
            "ms",
            List.of(
                new LinePlot.Line(
                    "cost",
                    false,
                    List.of(
                        new LinePlot.Point(10, 1),
                        new LinePlot.Point(100, 10),
                        new LinePlot.Point(1000, 100))),
                new LinePlot.Line(
                    "bound",
                    true,
                    List.of(new LinePlot.Point(10, 1), new LinePlot.Point(1000, 1)))));
    Document svg = parsed(plot);
    Element line = (Element) svg.getElementsByTagName("polyline").item(0);
    assertEquals("80.0,360.0 350.0,204.0 620.0,48.0", line.getAttribute("points"));
    assertEquals(3, svg.getElementsByTagName("circle").getLength());
    Element bound = (Element) svg.getElementsByTagName("polyline").item(1);
    assertEquals("6 4", bound.getAttribute("stroke-dasharray"));
    assertTrue(svg.getDocumentElement().getTextContent().contains("a < b & c"));
  }

  /** One point, and a short range, which has powers of two as ticks. */
  @Test
  void shortRanges() throws Exception {
    LinePlot one =
        new LinePlot(
            "t",
            "x",
            "y",
            List.of(new LinePlot.Line("l", false, List.of(new LinePlot.Point(3, 0.5)))));
    String text = parsed(one).getDocumentElement().getTextContent();
    assertTrue(text.contains("2") && text.contains("4") && text.contains("0.5"), text);
  }

  @Test
  void whatHasNoLogarithmIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new LinePlot.Point(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new LinePlot.Point(1, Double.NaN));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LinePlot("t", "x", "y", List.of(new LinePlot.Line("l", false, List.of()))));
  }
}
