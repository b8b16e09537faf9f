package org.zkc.runtime.artifact;

import java.util.List;
import org.zkc.ir.Location;
import org.zkc.runtime.emit.EmittedCircuit;
import org.zkc.runtime.wire.LayerMessage;

/** Layers in the manifest of a model file. */
final class LayerCodec {
  private LayerCodec() {}

  static LayerMessage encode(Layer layer) {
    return LayerMessage.newBuilder()
        .setName(layer.name())
        .setMnemonic(layer.mnemonic())
        .setText(layer.text())
        .setFile(layer.location().file())
        .setLine(layer.location().line())
        .setSource(layer.location().text())
        .addAllShape(layer.shape())
        .addAllInputs(layer.inputs())
        .addAllParameters(layer.parameters())
        .setCarrier(layer.carrier())
        .addAllBounds(layer.bounds())
        .build();
  }

  /** The layers by number; the number in a location is its place in the list. */
  static List<Layer> decode(List<LayerMessage> messages) {
    Layer[] layers = new Layer[messages.size()];
    for (int i = 0; i < layers.length; i++) {
      LayerMessage m = messages.get(i);
      layers[i] =
          new Layer(
              m.getName(),
              m.getMnemonic(),
              m.getText(),
              new Location(m.getFile(), m.getLine(), m.getSource(), i + 1),
              m.getShapeList(),
              m.getInputsList(),
              m.getParametersList(),
              m.getCarrier(),
              m.getBoundsList());
    }
    return List.of(layers);
  }

  /**
   * Numbers of layers are in range, and layers read only earlier ones.
   *
   * @throws IllegalArgumentException when they do not
   */
  static void check(Summary summary, List<EmittedCircuit.Origin> origins, int outputs) {
    int layers = summary.graph().size();
    for (int i = 0; i < layers; i++) {
      Layer layer = summary.graph().get(i);
      int number = i + 1;
      require(layer.inputs().stream().allMatch(k -> k > 0 && k < number), "inputs of a layer");
      require(layer.parameters().stream().allMatch(k -> k >= 0), "parameters of a layer");
      requireLayer(layer.carrier(), layers);
    }
    summary.layers().forEach(f -> requireLayer(f.layer(), layers));
    summary.results().forEach(k -> requireLayer(k, layers));
    require(summary.results().size() == outputs || layers == 0, "results");
    origins.forEach(o -> requireLayer(o.location().layer(), layers));
  }

  private static void requireLayer(int number, int layers) {
    require(number >= 0 && number <= layers, "number of a layer");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("wrong " + what);
    }
  }
}
