package org.zkc.torchscript.schema;

import java.util.Optional;
import org.zkc.ir.TorchType;

/**
 * One argument of an operator schema.
 *
 * @param type with {@code Scalar} as {@code number}, and enumerations ({@code ScalarType}, {@code
 *     Layout}) and symbolic ints as {@code int}
 * @param replication 2 for {@code int[2]}, which takes a single int for both; 0 otherwise
 * @param defaultText the default as the registry prints it, {@code [1, 1]}
 * @param aliased whether the result or another argument may share memory with this one
 * @param written whether the operator changes it in place
 */
public record SchemaArgument(
    String name,
    TorchType type,
    int replication,
    Optional<String> defaultText,
    boolean keywordOnly,
    boolean aliased,
    boolean written) {}
