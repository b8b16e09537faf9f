package org.zkc.runtime.serve;

import java.util.Map;

/** A request that cannot be served, as JSON-RPC 2.0 answers such. */
public final class RpcException extends Exception {
  private static final long serialVersionUID = 1;

  /** The line is no JSON. */
  static final int PARSE_ERROR = -32700;

  /** The JSON is no request. */
  static final int INVALID_REQUEST = -32600;

  static final int METHOD_NOT_FOUND = -32601;

  /** A parameter is missing, unknown or of another type. */
  public static final int INVALID_PARAMS = -32602;

  /** The server holds as many requests as it takes. */
  static final int BUSY = -32000;

  /** The request was cancelled, by {@code cancel} or by the end of the session. */
  public static final int CANCELLED = -32800;

  private final int code;
  private final transient Map<String, Object> data;

  /**
   * A failure.
   *
   * @param message one sentence
   * @param data what a program may want of it; empty where there is nothing
   */
  public RpcException(int code, String message, Map<String, Object> data) {
    super(message);
    this.code = code;
    this.data = data;
  }

  RpcException(int code, String message) {
    this(code, message, Map.of());
  }

  int code() {
    return code;
  }

  Map<String, Object> data() {
    return data;
  }
}
