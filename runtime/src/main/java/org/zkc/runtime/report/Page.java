package org.zkc.runtime.report;

import java.util.List;
import java.util.Locale;

/**
 * All that a page shows. Strings come from files that anybody may have made: they are data and
 * never markup.
 *
 * @param title the file's name
 * @param kind what the file is, in words
 * @param introduction paragraphs for a reader who has never seen the tool
 * @param facts the headline figures
 * @param noun what a layer of this page is: {@code layer}, {@code relation}, {@code operation}
 * @param layers what can be selected; numbered from 1 in this order
 * @param graph how layers feed one another; no nodes where that is not known
 * @param levels forms of the program, to stand side by side
 * @param tables below one another
 * @param glossary terms that the page uses
 */
record Page(
    String title,
    String kind,
    List<String> introduction,
    List<Fact> facts,
    String noun,
    List<Layer> layers,
    Graph graph,
    List<Level> levels,
    List<Table> tables,
    List<Term> glossary) {

  Page {
    introduction = List.copyOf(introduction);
    facts = List.copyOf(facts);
    layers = List.copyOf(layers);
    levels = List.copyOf(levels);
    tables = List.copyOf(tables);
    glossary = List.copyOf(glossary);
  }

  /** The way in which a value is written. */
  enum Unit {
    TEXT,
    /** Text in a fixed-width face. */
    CODE,
    COUNT,
    BYTES,
    SECONDS,
    BITS,
    DECIBEL,
    /** A number near 1 with five decimals. */
    SCORE,
    PERCENT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A figure with its name.
   *
   * @param value a String or a Number
   * @param note the meaning of the figure, in a sentence
   */
  record Fact(String label, Object value, Unit unit, String note) {}

  /**
   * Something that can be selected in the graph, the levels and the tables.
   *
   * @param title the module's name, else the operation's
   * @param operation in words
   * @param context what tells it from others of the same title, empty where nothing is known
   * @param source {@code model.py:15}, empty where it is not known
   * @param sourceText the line itself, empty where the archive does not carry it
   * @param notes sentences about it
   */
  record Layer(
      String title,
      String operation,
      String context,
      String source,
      String sourceText,
      List<String> notes,
      List<Fact> facts) {

    Layer {
      notes = List.copyOf(notes);
      facts = List.copyOf(facts);
    }
  }

  /** A drawing; all lengths in pixels. */
  record Graph(int width, int height, List<Node> nodes, List<Edge> edges) {
    static final Graph NONE = new Graph(0, 0, List.of(), List.of());

    Graph {
      nodes = List.copyOf(nodes);
      edges = List.copyOf(edges);
    }
  }

  /**
   * A box of the drawing.
   *
   * @param layer its number; 0 for an input or output of the model
   * @param tone what kind of operation it is, for its colour
   * @param share of the whole cost, from 0 to 1
   */
  record Node(int layer, String title, String subtitle, Tone tone, double share, int x, int y) {}

  /** Families of operations. */
  enum Tone {
    PORT,
    WEIGHTS,
    ACTIVATION,
    POOL,
    JOIN,
    VIEW;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An arrow of the drawing.
   *
   * @param from index of a node
   * @param to index of a node
   * @param path in the language of an SVG path's {@code d}
   */
  record Edge(int from, int to, String path) {}

  /** One form of the program. */
  record Level(String name, String note, List<Line> lines) {
    Level {
      lines = List.copyOf(lines);
    }
  }

  /**
   * One operation in one form of the program.
   *
   * @param layers numbers of the layers that it belongs to
   */
  record Line(String text, List<Integer> layers) {
    Line {
      layers = List.copyOf(layers);
    }
  }

  /**
   * A table.
   *
   * @param id names its element, {@code cost}
   * @param total values of the last row; none where nothing adds up
   */
  record Table(
      String id,
      String title,
      String note,
      List<Column> columns,
      List<Row> rows,
      List<Object> total) {

    Table {
      columns = List.copyOf(columns);
      rows = List.copyOf(rows);
      total = List.copyOf(total);
    }
  }

  /**
   * A column of a table.
   *
   * @param bars whether each value has a bar of its share of the largest
   */
  record Column(String label, String note, Unit unit, boolean bars) {
    static Column of(String label, String note, Unit unit) {
      return new Column(label, note, unit, false);
    }

    static Column bars(String label, String note, Unit unit) {
      return new Column(label, note, unit, true);
    }
  }

  /**
   * A row of a table.
   *
   * @param layer that it is about; 0 for none
   * @param cells one for each column: a String (empty: not known) or a Number
   */
  record Row(int layer, List<Object> cells) {
    Row {
      cells = List.copyOf(cells);
    }

    static Row of(int layer, Object... cells) {
      return new Row(layer, List.of(cells));
    }
  }

  /** An entry of the glossary. */
  record Term(String term, String meaning) {}
}
