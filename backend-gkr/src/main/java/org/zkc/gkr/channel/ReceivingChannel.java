package org.zkc.gkr.channel;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.transcript.Transcript;

/**
 * The verifier's end of the channel. Every element that is read is canonical, and is absorbed
 * before it is used. {@link #finish} refuses unread bytes.
 */
public final class ReceivingChannel {
  private final Transcript transcript;
  private final Map<Section, byte[]> sections;
  private final EnumMap<Section, Integer> read = new EnumMap<>(Section.class);

  public ReceivingChannel(Transcript transcript, Map<Section, byte[]> sections) {
    this.transcript = transcript;
    this.sections = sections;
  }

  public Transcript transcript() {
    return transcript;
  }

  /**
   * The next {@code count} elements of a section.
   *
   * @throws VerificationFailure when the section is too short or an element is not canonical
   */
  public Ext[] receive(Section section, String label, int count) {
    int at = take(section, label, count);
    Ext[] out = new Ext[count];
    for (int k = 0; k < count; k++) {
      out[k] = element(section, label, at + k * Ext.BYTES);
    }
    transcript.absorb(label, out);
    return out;
  }

  /** The next element of a section. */
  public Ext receiveOne(Section section, String label) {
    return receive(section, label, 1)[0];
  }

  /** The next vector of a section. */
  public ExtVector receiveVector(Section section, String label, int count) {
    int at = take(section, label, count);
    ExtVector out = new ExtVector(count);
    for (int k = 0; k < count; k++) {
      out.set(k, element(section, label, at + k * Ext.BYTES));
    }
    transcript.absorb(label, out);
    return out;
  }

  private int take(Section section, String label, int count) {
    int at = position(section);
    int left = bytes(section).length - at;
    if (left < (long) count * Ext.BYTES) {
      throw new VerificationFailure(
          section.text() + ", " + label,
          count + " elements",
          left / Ext.BYTES + " left in the section");
    }
    read.put(section, at + count * Ext.BYTES);
    return at;
  }

  private int position(Section section) {
    return read.getOrDefault(section, 0);
  }

  private byte[] bytes(Section section) {
    return Objects.requireNonNull(sections.get(section), "a proof has every section");
  }

  private Ext element(Section section, String label, int at) {
    try {
      return Ext.read(bytes(section), at);
    } catch (VerificationFailure e) {
      throw e.inside(section.text() + ", " + label);
    }
  }

  /**
   * Call when the protocol has ended.
   *
   * @throws VerificationFailure when a section has bytes left
   */
  public void finish() {
    for (Section s : Section.values()) {
      VerificationFailure.requireCount(
          "bytes of section " + s.text(), position(s), bytes(s).length);
    }
  }
}
