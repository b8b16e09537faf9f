package org.zkc.tests.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who may depend on whom. The modules' Maven dependencies already forbid most of it; these rules
 * hold it where a pom would be changed in passing, and inside {@code backend-gkr}, where Maven
 * cannot see it.
 */
final class ModuleDependenciesTest {
  private static JavaClasses classes;

  @BeforeAll
  static void importClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.zkc");
  }

  /** Each module uses its own packages and those named, and nothing else of the project. */
  @ParameterizedTest(name = "{0} uses only {1}")
  @CsvSource({
    "org.zkc.ir, ''",
    "org.zkc.torchscript, org.zkc.ir",
    "org.zkc.torchexport, org.zkc.ir org.zkc.torchscript",
    "org.zkc.stablehlo, org.zkc.ir org.zkc.torchscript",
    "org.zkc.passes, org.zkc.ir",
    "org.zkc.gkr, ''",
    "org.zkc.runtime, org.zkc.ir org.zkc.torchscript org.zkc.torchexport org.zkc.stablehlo"
        + " org.zkc.passes org.zkc.gkr",
  })
  void modulesDependOneWay(String module, String allowed) {
    String[] permitted =
        Arrays.stream((module + " " + allowed).trim().split(" +"))
            .map(name -> name + "..")
            .toArray(String[]::new);
    DescribedPredicate<JavaClass> foreign =
        resideInAPackage("org.zkc..").and(DescribedPredicate.not(resideInAnyPackage(permitted)));
    noClasses()
        .that()
        .resideInAPackage(module + "..")
        .should()
        .dependOnClassesThat(foreign)
        .check(classes);
  }

  /**
   * A verifier is small enough to read: no prover, PyTorch engine or parser stands behind it,
   * however indirectly.
   */
  @Test
  void verifierReachesNeitherProverNorFrontend() {
    noClasses()
        .that()
        .resideInAnyPackage("org.zkc.gkr.verify..", "org.zkc.gkr.file..")
        .should()
        .transitivelyDependOnClassesThat(
            resideInAnyPackage(
                "org.zkc.gkr.prove..",
                "org.antlr..",
                "ai.djl..",
                "org.zkc.torchscript..",
                "org.zkc.torchexport..",
                "org.zkc.stablehlo.."))
        .check(classes);
  }

  /** Each package of the backend can be read on its own, after those that it uses. */
  @Test
  void roomsOfTheBackendDependOneWay() {
    slices().matching("org.zkc.gkr.(**)").should().beFreeOfCycles().check(classes);
  }

  /** Only the readers of TorchScript and StableHLO and the IR's own parser use ANTLR. */
  @Test
  void parsersAreTheOnlyUsersOfAntlr() {
    noClasses()
        .that()
        .resideInAnyPackage("org.zkc.passes..", "org.zkc.gkr..", "org.zkc.runtime..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.antlr..")
        .check(classes);
  }
}
