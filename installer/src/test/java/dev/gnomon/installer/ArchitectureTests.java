/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which package of the installer may use which; a rule that fails prints its reason. */
class ArchitectureTests {
    private static final String ROOT = "dev.gnomon.installer";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/") && !location.contains("/test/"))
            .importPackages(ROOT);

    private static void rule(ArchRule rule, String reason) {
        rule.allowEmptyShould(true).because(reason).check(CLASSES);
    }

    private static void uses(String from, List<String> to, String reason) {
        rule(
                noClasses()
                        .that()
                        .resideInAPackage(ROOT + "." + from + "..")
                        .should()
                        .dependOnClassesThat(describe(
                                "live elsewhere in the installer",
                                (JavaClass used) -> used.getPackageName().startsWith(ROOT)
                                        && !used.getPackageName().startsWith(ROOT + "." + from)
                                        && to.stream()
                                                .noneMatch(each ->
                                                        used.getPackageName().startsWith(ROOT + "." + each)))),
                reason);
    }

    @Test
    void arrowsPointFromTheStepsToThePorts() {
        uses("plan", List.of(), "a plan runs any steps");
        uses("port", List.of("plan"), "a port knows the machine and no step");
        uses("step", List.of("plan", "port"), "a step knows ports and never who implements them");
        uses("windows", List.of("plan", "port"), "Windows knows no step: what to do and in which order is theirs");
    }

    @Test
    void packagesHaveNoCycles() {
        rule(
                SlicesRuleDefinition.slices()
                        .matching("dev.gnomon.installer.(*)..")
                        .should()
                        .beFreeOfCycles(),
                "what is in a cycle is one package");
    }

    @Test
    void onlyWindowsUsesNativeLibraries() {
        rule(
                noClasses()
                        .that()
                        .resideOutsideOfPackage(ROOT + ".windows..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("com.sun.jna..", "com.jacob.."),
                "native calls crash the whole process, so they stay where they can be reviewed");
    }

    @Test
    void stepsTouchNothingButPorts() {
        rule(
                noClasses()
                        .that()
                        .resideInAnyPackage(ROOT + ".plan..", ROOT + ".step..")
                        .should()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("java.nio.file.Files")
                        .orShould()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("java.lang.ProcessBuilder")
                        .orShould()
                        .callMethod(System.class, "nanoTime")
                        .orShould()
                        .callMethod(System.class, "getenv", String.class),
                "what a step does is tested against ports in memory");
    }

    @Test
    void onlyTheCommandKnowsPicocli() {
        rule(
                noClasses()
                        .that()
                        .resideInAnyPackage(ROOT + ".plan..", ROOT + ".port..", ROOT + ".step..", ROOT + ".windows..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("picocli.."),
                "arguments are parsed in one place");
    }
}
