package org.zkc.runtime.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class PageWriterTest {
  private static final String HOSTILE = "</script><!-- {{style}} & <b>\u2028$1\\";

  private static Page page(String text) {
    return new Page(
        text,
        text,
        List.of(text),
        List.of(new Page.Fact(text, 3.5, Page.Unit.BITS, text)),
        "layer",
        List.of(new Page.Layer(text, text, text, text, text, List.of(text), List.of())),
        Page.Graph.NONE,
        List.of(new Page.Level(text, text, List.of(new Page.Line(text, List.of(1))))),
        List.of(
            new Page.Table(
                "t",
                text,
                text,
                List.of(Page.Column.of(text, text, Page.Unit.TEXT)),
                List.of(Page.Row.of(1, text)),
                List.of())),
        List.of(new Page.Term(text, text)));
  }

  @Test
  void hostileTextComesBackAsItWasAndEndsNoElement() throws Exception {
    String html = new String(PageWriter.write(page(HOSTILE)), StandardCharsets.UTF_8);
    Matcher data =
        Pattern.compile("(?s)<script type=\"application/json\" id=\"data\">(.*?)</script>")
            .matcher(html);
    assertTrue(data.find());
    JsonNode json = new ObjectMapper().readTree(data.group(1));
    assertEquals(HOSTILE, json.at("/title").asText());
    assertEquals(HOSTILE, json.at("/levels/0/lines/0/text").asText());
    assertEquals("bits", json.at("/facts/0/unit").asText());
    assertEquals(2, html.split("</script>", -1).length - 1);
    assertFalse(html.contains("<!--"));
    assertTrue(html.contains("<title>&lt;/script&gt;"), "the title is escaped");
  }

  @Test
  void nothingIsReferredTo() {
    String html = new String(PageWriter.write(page("model")), StandardCharsets.UTF_8);
    // The one address is the name of SVG's namespace.
    assertFalse(html.replace("http://www.w3.org/2000/svg", "").matches("(?s).*(https?:|//cdn).*"));
    assertFalse(html.contains("src="));
    assertFalse(html.contains("innerHTML"));
    assertTrue(html.contains("default-src 'none'"));
  }

  @Test
  void bytesDependOnThePageAlone() {
    assertArrayEquals(PageWriter.write(page("a")), PageWriter.write(page("a")));
    assertFalse(Arrays.equals(PageWriter.write(page("a")), PageWriter.write(page("b"))));
  }
}
