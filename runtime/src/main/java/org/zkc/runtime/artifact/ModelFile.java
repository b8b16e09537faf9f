package org.zkc.runtime.artifact;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.file.KeyFile;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.storage.AlignedBlobs;
import org.zkc.ir.storage.Blob;
import org.zkc.ir.storage.ProgramStorage;
import org.zkc.ir.storage.StorageException;
import org.zkc.runtime.emit.EmittedCircuit;
import org.zkc.runtime.emit.ModelTensor;
import org.zkc.runtime.emit.ModelWeights;
import org.zkc.runtime.wire.AccuracyMessage;
import org.zkc.runtime.wire.FidelityMessage;
import org.zkc.runtime.wire.ModelManifestMessage;
import org.zkc.runtime.wire.OriginMessage;
import org.zkc.runtime.wire.ParameterMessage;
import org.zkc.runtime.wire.PerplexityMessage;
import org.zkc.runtime.wire.SummaryMessage;

/**
 * A {@code .zkc} file: everything that proving, running and inspecting a compiled model need. A
 * header (magic, version, section count, estimate), a table of sections (offset, length, CRC-32C),
 * then the sections, each at a multiple of 64 bytes: manifest, verifier key file, integer program,
 * weights. The weights are memory-mapped. The checksums find damage; they are no protection against
 * a forger, who would need none: a proof is checked against the key that the verifier has.
 *
 * @param program the integer program
 * @param proofMilliseconds an estimate of a proof's time on one warm thread of the machine that
 *     costs were fitted on: the launcher reads it at byte 16, eight bytes little-endian, and gives
 *     short proofs a JVM without the optimising compiler
 */
public record ModelFile(
    KeyFile keyFile,
    ModelWeights weights,
    List<EmittedCircuit.Origin> origins,
    Summary summary,
    Program program,
    long proofMilliseconds) {
  private static final byte[] MAGIC = "ZKC-MODL".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 3;
  private static final int SECTIONS = 4;
  private static final int ENTRY = 24;
  private static final int HEADER = 24;
  private static final long ALIGNMENT = AlignedBlobs.ALIGNMENT;

  /** Checksums take this much at a time: a ByteBuffer holds at most 2^31 - 1 bytes. */
  private static final long PART = 1 << 26;

  public ModelFile {
    origins = List.copyOf(origins);
  }

  /** The file of the model's codeword, beside the model file. */
  public static Path codeFile(Path file) {
    return file.resolveSibling(file.getFileName() + ".code");
  }

  /** The file of the verifier key: {@code m.vk} for {@code m.zkc}. */
  public static Path keyFile(Path file) {
    String name = String.valueOf(file.getFileName());
    String stem = name.endsWith(".zkc") ? name.substring(0, name.length() - 4) : name;
    return file.resolveSibling(stem + ".vk");
  }

  /**
   * Writes the file; its bytes depend on nothing but the content. Sections are written as they are
   * made, the header with their checksums last, so that weights are read once.
   *
   * @param path is replaced
   */
  public void write(Path path) throws IOException {
    SharedBlobs blobs = new SharedBlobs();
    ModelManifestMessage manifest = manifest(blobs);
    byte[] storedProgram = ProgramStorage.encode(program, blobs);
    List<Section> sections =
        List.of(
            bytes(manifest.toByteArray()),
            bytes(keyFile.encode()),
            bytes(storedProgram),
            new Section(blobs.byteSize(), blobs::writeTo));
    ByteBuffer header =
        ByteBuffer.allocate(HEADER + SECTIONS * ENTRY).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).putInt(VERSION).putInt(SECTIONS).putLong(proofMilliseconds);
    try (FileChannel file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      long offset = align(header.capacity());
      file.write(ByteBuffer.allocate((int) offset));
      for (Section section : sections) {
        ChecksumChannel channel = new ChecksumChannel(file);
        section.content().writeTo(channel);
        header.putLong(offset).putLong(section.length()).putLong(channel.checksum());
        offset = align(offset + section.length());
        channel.write(ByteBuffer.allocate((int) (offset - file.position())));
      }
      header.flip();
      file.position(0);
      new ChecksumChannel(file).write(header);
    }
  }

  private record Section(long length, Content content) {}

  @FunctionalInterface
  private interface Content {
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  private static Section bytes(byte[] bytes) {
    return new Section(bytes.length, channel -> channel.write(ByteBuffer.wrap(bytes)));
  }

  private static long align(long offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static long checksum(MemorySegment section) {
    CRC32C sum = new CRC32C();
    for (long at = 0; at < section.byteSize(); at += PART) {
      sum.update(section.asSlice(at, Math.min(PART, section.byteSize() - at)).asByteBuffer());
    }
    return sum.getValue();
  }

  private ModelManifestMessage manifest(SharedBlobs blobs) {
    ModelManifestMessage.Builder message = ModelManifestMessage.newBuilder();
    for (ModelTensor t : weights.tensors()) {
      message.addParameters(
          ParameterMessage.newBuilder()
              .setTensor(t.tensor())
              .setName(t.name())
              .setElementBytes(t.elementBytes())
              .setOffset(blobs.add(Blob.of(t.weights())))
              .setChannelShifts(ByteString.copyFrom(t.channelShifts())));
    }
    for (EmittedCircuit.Origin origin : origins) {
      message.addOrigins(
          OriginMessage.newBuilder()
              .setMnemonic(origin.mnemonic())
              .setFile(origin.location().file())
              .setLine(origin.location().line())
              .setText(origin.location().text())
              .setLayer(origin.location().layer()));
    }
    SummaryMessage.Builder s =
        SummaryMessage.newBuilder()
            .setArchiveDigest(summary.archiveDigest())
            .setDefaultCalibration(summary.defaultCalibration());
    Evaluation evaluation = summary.evaluation();
    s.setEvaluationBasis(evaluation.basis()).setVariedBasis(evaluation.variedBasis());
    evaluation.outputs().forEach(f -> s.addOutputs(encode(f)));
    evaluation.varied().forEach(f -> s.addVaried(encode(f)));
    evaluation
        .accuracy()
        .ifPresent(a ->
            s.setAccuracy(
                AccuracyMessage.newBuilder()
                    .setRows(a.rows())
                    .setFloats(a.floats())
                    .setIntegers(a.integers())));
    evaluation
        .perplexity()
        .ifPresent(p ->
            s.setPerplexity(
                PerplexityMessage.newBuilder()
                    .setTokens(p.tokens())
                    .setFloats(p.floats())
                    .setIntegers(p.integers())));
    summary.layers().forEach(f -> s.addLayers(encode(f)));
    summary.graph().forEach(layer -> s.addGraph(LayerCodec.encode(layer)));
    s.addAllResults(summary.results());
    return message
        .setSummary(s)
        .setWriter(ZkcVersion.text())
        .setProofMilliseconds(proofMilliseconds)
        .build();
  }

  private static FidelityMessage encode(Summary.Fidelity f) {
    return FidelityMessage.newBuilder()
        .setName(f.name())
        .setRSquared(f.rSquared())
        .setCosine(f.cosine())
        .setTop1Agreement(f.top1Agreement())
        .setAgreement(f.agreement())
        .setLayer(f.layer())
        .build();
  }

  private static Summary.Fidelity decode(FidelityMessage m) {
    return new Summary.Fidelity(
        m.getName(),
        m.getLayer(),
        m.getRSquared(),
        m.getCosine(),
        m.getTop1Agreement(),
        m.getAgreement());
  }

  private static Evaluation evaluation(SummaryMessage s) {
    AccuracyMessage a = s.getAccuracy();
    return new Evaluation(
        s.getEvaluationBasis(),
        s.getOutputsList().stream().map(ModelFile::decode).toList(),
        s.getVariedBasis(),
        s.getVariedList().stream().map(ModelFile::decode).toList(),
        s.hasAccuracy()
            ? Optional.of(new Evaluation.Accuracy(a.getRows(), a.getFloats(), a.getIntegers()))
            : Optional.empty(),
        s.hasPerplexity()
            ? Optional.of(
                new Evaluation.Perplexity(
                    s.getPerplexity().getTokens(),
                    s.getPerplexity().getFloats(),
                    s.getPerplexity().getIntegers()))
            : Optional.empty());
  }

  /** Whether the file begins as a model file does. */
  public static boolean isModelFile(byte[] beginning) {
    return beginning.length >= MAGIC.length
        && Arrays.equals(beginning, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * Opens a model file; the weights stay mapped for as long as they are reachable.
   *
   * @throws UserException when the file is missing, of another kind or version, truncated or
   *     damaged
   */
  public static ModelFile open(Path path) {
    FileErrors.requireReadable(path);
    MemorySegment file;
    try (FileChannel channel = FileChannel.open(path)) {
      file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    } catch (IOException e) {
      throw FileErrors.unreadable(path, e);
    }
    try {
      return decode(file, path);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw damaged(path, String.valueOf(e.getMessage()));
    }
  }

  private static UserException damaged(Path path, String why) {
    return new UserException("%s is damaged (%s); compile the model again".formatted(path, why));
  }

  private static ModelFile decode(MemorySegment file, Path path) {
    byte[] beginning =
        file.asSlice(0, Math.min(file.byteSize(), HEADER)).toArray(ValueLayout.JAVA_BYTE);
    if (beginning.length < HEADER || !isModelFile(beginning)) {
      throw new UserException(path + " is not a compiled model; make one with zkc compile");
    }
    ByteBuffer header = ByteBuffer.wrap(beginning).order(ByteOrder.LITTLE_ENDIAN);
    int version = header.getInt(MAGIC.length);
    if (version != VERSION) {
      throw new UserException(
          "%s has version %d of the file format, which %s zkc wrote; this one, %s, reads version %d: compile the model again"
              .formatted(
                  path,
                  version,
                  version < VERSION ? "an older" : "a newer",
                  ZkcVersion.text(),
                  VERSION));
    }
    if (header.getInt(MAGIC.length + 4) != SECTIONS
        || file.byteSize() < HEADER + SECTIONS * ENTRY) {
      throw damaged(path, "wrong section table");
    }
    List<MemorySegment> sections = sections(file, path);
    ModelManifestMessage manifest;
    try {
      manifest = ModelManifestMessage.parseFrom(sections.get(0).asByteBuffer());
    } catch (InvalidProtocolBufferException e) {
      throw damaged(path, "unreadable manifest");
    }
    if (manifest.getProofMilliseconds() != header.getLong(MAGIC.length + 8)) {
      throw damaged(path, "wrong estimate in the header");
    }
    try {
      return decode(manifest, sections, path);
    } catch (VerificationFailure
        | StorageException
        | IllegalArgumentException
        | IndexOutOfBoundsException e) {
      // The checksums are right, so it is as its writer left it.
      String writer = manifest.getWriter();
      UserException failure =
          new UserException(
              "%s was written by %s, in a form that this zkc does not read (%s); compile the model again"
                  .formatted(
                      path,
                      writer.isEmpty() ? "a zkc that recorded no version yet" : writer,
                      e.getMessage()));
      failure.initCause(e);
      throw failure;
    }
  }

  private static ModelFile decode(
      ModelManifestMessage manifest, List<MemorySegment> sections, Path path) {
    KeyFile keyFile = KeyFile.decode(sections.get(1).toArray(ValueLayout.JAVA_BYTE));
    List<EmittedCircuit.Origin> origins = new ArrayList<>();
    for (OriginMessage o : manifest.getOriginsList()) {
      origins.add(
          new EmittedCircuit.Origin(
              o.getMnemonic(), new Location(o.getFile(), o.getLine(), o.getText(), o.getLayer())));
    }
    SummaryMessage s = manifest.getSummary();
    Summary summary =
        new Summary(
            s.getArchiveDigest(),
            s.getDefaultCalibration(),
            evaluation(s),
            s.getLayersList().stream().map(ModelFile::decode).toList(),
            LayerCodec.decode(s.getGraphList()),
            s.getResultsList());
    LayerCodec.check(summary, origins, keyFile.outputs().size());
    if (origins.size() != keyFile.circuit().circuit().relations().size()) {
      throw new IllegalArgumentException("the manifest is not this circuit's");
    }
    return new ModelFile(
        keyFile,
        weights(manifest, keyFile, sections.get(3)),
        origins,
        summary,
        ProgramStorage.decode(
            sections.get(2).toArray(ValueLayout.JAVA_BYTE), AlignedBlobs.source(sections.get(3))),
        manifest.getProofMilliseconds());
  }

  private static List<MemorySegment> sections(MemorySegment file, Path path) {
    ByteBuffer table =
        file.asSlice(HEADER, SECTIONS * ENTRY).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    List<MemorySegment> sections = new ArrayList<>();
    long expected = align(HEADER + SECTIONS * ENTRY);
    for (int i = 0; i < SECTIONS; i++) {
      long offset = table.getLong();
      long length = table.getLong();
      long sum = table.getLong();
      if (offset != expected || length < 0 || length > file.byteSize() - offset) {
        throw damaged(path, "the file is truncated");
      }
      MemorySegment section = file.asSlice(offset, length);
      if (checksum(section) != sum) {
        throw damaged(path, "wrong checksum of section " + (i + 1));
      }
      sections.add(section);
      expected = align(offset + length);
    }
    if (expected != file.byteSize()) {
      throw damaged(path, "wrong length");
    }
    return sections;
  }

  private static ModelWeights weights(
      ModelManifestMessage manifest, KeyFile keyFile, MemorySegment section) {
    List<ModelTensor> tensors = new ArrayList<>();
    for (ParameterMessage p : manifest.getParametersList()) {
      Shape shape = new Shape(keyFile.circuit().tensor(p.getTensor()).shape());
      DType dtype = mantissas(p.getElementBytes());
      MemorySegment bytes = section.asSlice(p.getOffset(), shape.elementCount() * dtype.bytes());
      List<Integer> shifts = new ArrayList<>();
      for (byte shift : p.getChannelShifts()) {
        shifts.add((int) shift);
      }
      tensors.add(
          new ModelTensor(
              p.getTensor(),
              p.getName(),
              IntegerWeights.of(new TensorData(dtype, shape, bytes), shifts)));
    }
    return new ModelWeights(tensors);
  }

  private static DType mantissas(int bytes) {
    for (DType dtype : List.of(DType.I8, DType.I16, DType.I32)) {
      if (dtype.bytes() == bytes) {
        return dtype;
      }
    }
    throw new IllegalArgumentException("mantissas of " + bytes + " bytes");
  }
}
