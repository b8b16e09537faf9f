package org.zkc.runtime.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/** The methods of a server that do work. They run one at a time, on one thread. */
public interface Methods {
  Set<String> names();

  /**
   * Runs one method. The thread is interrupted where the request is cancelled.
   *
   * @param params as the request has them
   * @return the response's result
   * @throws RpcException where the work failed, or was cancelled
   */
  Map<String, Object> call(String method, ObjectNode params, Progress progress) throws RpcException;

  /** Releases memory that only work needs, when there has been no work for a while. */
  default void rest() {}

  /** Is told how far the work is. */
  @FunctionalInterface
  interface Progress {
    /**
     * Tells of a stage that has begun.
     *
     * @param fraction of the whole that is done, in [0, 1]
     * @throws java.util.concurrent.CancellationException where the request was cancelled
     */
    void report(String stage, double fraction);
  }
}
