/**
 * The intermediate representation. It is a named module because a sealed level may then permit ops
 * of another package: views belong to three levels at once.
 */
module org.zkc.ir {
  requires com.google.protobuf;
  requires java.management;
  requires jdk.incubator.vector;
  requires org.antlr.antlr4.runtime;
  requires org.jspecify;

  exports org.zkc.ir;
  exports org.zkc.ir.circuit;
  exports org.zkc.ir.integer;
  exports org.zkc.ir.interpret;
  exports org.zkc.ir.kernel;
  exports org.zkc.ir.storage;
  exports org.zkc.ir.tensor;
  exports org.zkc.ir.text;
  exports org.zkc.ir.torch;
  exports org.zkc.ir.view;
}
