package org.zkc.gkr.channel;

import java.io.ByteArrayOutputStream;
import java.util.EnumMap;
import java.util.Objects;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.transcript.Transcript;

/**
 * The prover's end of the channel. Sending an element writes it to the proof and absorbs it in one
 * step, so neither can be forgotten.
 */
public final class SendingChannel {
  private final Transcript transcript;
  private final EnumMap<Section, ByteArrayOutputStream> sections = new EnumMap<>(Section.class);

  public SendingChannel(Transcript transcript) {
    this.transcript = transcript;
    for (Section s : Section.values()) {
      sections.put(s, new ByteArrayOutputStream());
    }
  }

  public Transcript transcript() {
    return transcript;
  }

  public void send(Section section, String label, Ext... elements) {
    transcript.absorb(label, elements);
    byte[] bytes = new byte[elements.length * Ext.BYTES];
    for (int k = 0; k < elements.length; k++) {
      elements[k].write(bytes, k * Ext.BYTES);
    }
    stream(section).writeBytes(bytes);
  }

  public void send(Section section, String label, ExtVector vector) {
    transcript.absorb(label, vector);
    byte[] bytes = new byte[vector.length() * Ext.BYTES];
    for (int k = 0; k < vector.length(); k++) {
      vector.get(k).write(bytes, k * Ext.BYTES);
    }
    stream(section).writeBytes(bytes);
  }

  private ByteArrayOutputStream stream(Section section) {
    return Objects.requireNonNull(sections.get(section), "every section has its stream");
  }

  /** The bytes that were sent in a section. */
  public byte[] bytes(Section section) {
    return stream(section).toByteArray();
  }
}
