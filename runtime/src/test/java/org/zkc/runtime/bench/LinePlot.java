package org.zkc.runtime.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A line plot as SVG text of its own, both axes logarithmic: a straight line of slope 1 is cost in
 * proportion.
 *
 * @param xLabel what stands under the x axis, with its unit
 */
public record LinePlot(String title, String xLabel, String yLabel, List<Line> lines) {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 420;
  private static final int LEFT = 80;
  private static final int RIGHT = 20;
  private static final int TOP = 48;
  private static final int BOTTOM = 60;
  private static final String[] COLOURS = {"#1f5fa8", "#b8442f", "#3a7d44", "#7a4fa3"};

  /** A point; both coordinates above 0. */
  public record Point(double x, double y) {
    public Point {
      if (!(x > 0 && y > 0 && Double.isFinite(x) && Double.isFinite(y))) {
        throw new IllegalArgumentException("a point of logarithmic axes at " + x + ", " + y);
      }
    }
  }

  /**
   * A line.
   *
   * @param isBound drawn dashed: what no measurement can fall below
   */
  public record Line(String name, boolean isBound, List<Point> points) {
    public Line {
      points = List.copyOf(points);
    }
  }

  public LinePlot {
    lines = List.copyOf(lines);
    if (lines.stream().allMatch(l -> l.points().isEmpty())) {
      throw new IllegalArgumentException("a plot without points");
    }
  }

  /** A range of powers of ten, or of two where it is short. */
  private record Axis(double low, double high, double base) {
    static Axis of(DoubleStream values) {
      double[] all = values.toArray();
      double low = DoubleStream.of(all).min().orElse(1);
      double high = DoubleStream.of(all).max().orElse(1);
      double base = high / low <= 64 ? 2 : 10;
      double from = Math.floor(Math.log(low) / Math.log(base) + 1e-9);
      double to = Math.ceil(Math.log(high) / Math.log(base) - 1e-9);
      return new Axis(from, Math.max(to, from + 1), base);
    }

    /** 0 at the low end, 1 at the high one. */
    double share(double value) {
      return (Math.log(value) / Math.log(base) - low) / (high - low);
    }

    double tick(int k) {
      return Math.pow(base, low + k);
    }

    int ticks() {
      return (int) Math.round(high - low) + 1;
    }
  }

  /** The SVG, UTF-8. */
  public String svg() {
    Axis x = Axis.of(lines.stream().flatMap(l -> l.points().stream()).mapToDouble(Point::x));
    Axis y = Axis.of(lines.stream().flatMap(l -> l.points().stream()).mapToDouble(Point::y));
    StringBuilder out = new StringBuilder();
    out.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT)
            + " font-family=\"sans-serif\" font-size=\"12\">\n");
    out.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    text(out, WIDTH / 2.0, 22, "middle", title);
    for (int k = 0; k < x.ticks(); k++) {
      double at = across(x, x.tick(k));
      rule(out, at, TOP, at, HEIGHT - BOTTOM);
      text(out, at, HEIGHT - BOTTOM + 18.0, "middle", number(x.tick(k)));
    }
    for (int k = 0; k < y.ticks(); k++) {
      double at = down(y, y.tick(k));
      rule(out, LEFT, at, WIDTH - RIGHT, at);
      text(out, LEFT - 6.0, at + 4, "end", number(y.tick(k)));
    }
    text(out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14.0, "middle", xLabel);
    out.append("<g transform=\"translate(16 %d) rotate(-90)\">".formatted(HEIGHT / 2));
    text(out, 0, 0, "middle", yLabel);
    out.append("</g>\n");
    for (int k = 0; k < lines.size(); k++) {
      line(out, lines.get(k), k, x, y);
    }
    return out.append("</svg>\n").toString();
  }

  private void line(StringBuilder out, Line line, int k, Axis x, Axis y) {
    String colour = COLOURS[k % COLOURS.length];
    String dashes = line.isBound() ? " stroke-dasharray=\"6 4\"" : "";
    StringBuilder points = new StringBuilder();
    for (Point p : line.points()) {
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", across(x, p.x()), down(y, p.y())));
    }
    out.append(
        "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s points=\"%s\"/>\n"
            .formatted(colour, dashes, points.toString().strip()));
    if (!line.isBound()) {
      for (Point p : line.points()) {
        out.append(
            String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
                across(x, p.x()),
                down(y, p.y()),
                colour));
      }
    }
    double at = TOP + 16.0 * (k + 1);
    out.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"%s\""
                + " stroke-width=\"2\"%s/>\n",
            LEFT + 10,
            at - 4,
            LEFT + 36,
            at - 4,
            colour,
            dashes));
    text(out, LEFT + 42.0, at, "start", line.name());
  }

  private static double across(Axis axis, double value) {
    return LEFT + axis.share(value) * (WIDTH - LEFT - RIGHT);
  }

  private static double down(Axis axis, double value) {
    return HEIGHT - BOTTOM - axis.share(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static void rule(StringBuilder out, double x1, double y1, double x2, double y2) {
    out.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n",
            x1,
            y1,
            x2,
            y2));
  }

  private static void text(StringBuilder out, double x, double y, String anchor, String words) {
    String escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
            x,
            y,
            anchor,
            escaped));
  }

  private static String number(double value) {
    if (value >= 1e9) {
      return String.format(Locale.ROOT, "%.0f G", value / 1e9);
    } else if (value >= 1e6) {
      return String.format(Locale.ROOT, "%.0f M", value / 1e6);
    } else if (value >= 1e4) {
      return String.format(Locale.ROOT, "%.0f k", value / 1e3);
    } else if (value >= 1) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
