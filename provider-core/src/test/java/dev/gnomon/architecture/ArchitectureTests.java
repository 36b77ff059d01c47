/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * States which package may use which, and what the engine may touch.
 *
 * <p>A rule that fails prints its reason. A new package is first added to {@link #arrows()}; a class outside every listed
 * package fails. Rules hold for packages that do not exist yet, so they are allowed to match nothing.
 */
class ArchitectureTests {

    private static final String ROOT = "dev.gnomon.";

    /** Everybody may use these: ports, metrics interfaces, helpers. The real implementations in io.os are not included. */
    private static final Set<String> COMMON = Set.of("io", "observe", "util");

    /** What these use, the common packages included, stands in their own arrow. */
    private static final Set<String> LEAVES = Set.of("io", "io.os", "observe", "store.format", "util");

    /** The packages that the simulator runs: whatever they touch outside the ports would escape it. */
    private static final String[] ENGINE = {
        ROOT + "volume..", ROOT + "store..", ROOT + "snapshot..", ROOT + "export..", ROOT + "vss",
    };

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
            .importPackages("dev.gnomon");

    /**
     * One package below {@code dev.gnomon} and the packages that it may use.
     *
     * @param from the package, with its subpackages except those that are listed themselves
     * @param to the packages that it may use, {@link #COMMON} not repeated unless it is a leaf
     * @param reason why not more
     */
    record Arrow(String from, Set<String> to, String reason) {

        @Override
        public String toString() {
            return from + " uses "
                    + (to.isEmpty()
                            ? "nothing else"
                            : String.join(", ", to.stream().sorted().toList()));
        }
    }

    static Stream<Arrow> arrows() {
        return Stream.of(
                new Arrow("util", Set.of(), "helpers that know a package would tie everybody to it"),
                new Arrow("observe", Set.of("util"), "whoever reports must not depend on who listens"),
                new Arrow("metrics", Set.of(), "what is served to Prometheus comes through the interfaces of observe"),
                new Arrow("io", Set.of("util"), "the ports are what the simulator replaces, so they know nobody"),
                new Arrow(
                        "io.os",
                        Set.of("io", "util"),
                        "the real implementations of the ports know nothing but the ports"),
                new Arrow(
                        "store.format",
                        Set.of("util"),
                        "a layout is bytes only: a stranger's reader needs nothing else"),
                new Arrow("volume", Set.of(), "devices know nothing of snapshots and protocols"),
                new Arrow("store", Set.of("store.format", "volume"), "the store knows nothing of sets and protocols"),
                new Arrow(
                        "snapshot",
                        Set.of("store", "store.format", "volume"),
                        "epochs and sets know nothing of COM and sockets"),
                new Arrow(
                        "export",
                        Set.of("snapshot", "store.format", "volume"),
                        "a view of a shadow copy knows no wire format"),
                new Arrow(
                        "vss",
                        Set.of("snapshot"),
                        "the provider knows neither COM nor sockets, and sets by the engine only"),
                new Arrow("protocol.nbd", Set.of("export"), "a protocol sees exports, never the engine behind them"),
                new Arrow("ipc", Set.of(), "a connection carries bytes and knows no message"),
                new Arrow("control", Set.of("ipc"), "the messages are a contract between server and client"),
                new Arrow(
                        "control.client",
                        Set.of("control", "ipc"),
                        "a client has the socket only, like any other program"),
                new Arrow(
                        "control.server",
                        Set.of("control", "ipc", "snapshot", "export"),
                        "the server translates messages"),
                new Arrow("vss.channel", Set.of("vss", "ipc"), "the channel carries calls and knows no rule of VSS"),
                new Arrow("platform", Set.of("ipc"), "native code knows nothing of the engine's internals"),
                new Arrow(
                        "cli",
                        Set.of("control", "control.client"),
                        "the command line reaches the engine through the control socket only"));
    }

    @ParameterizedTest
    @MethodSource("arrows")
    void packageUsesOnlyWhatItsArrowsAllow(Arrow arrow) {
        rule(
                noClasses()
                        .that(resideIn(arrow.from()))
                        .should()
                        .dependOnClassesThat(describe(
                                "live elsewhere in dev.gnomon",
                                used -> isOurs(used)
                                        && !packageOf(used).equals(arrow.from())
                                        && (LEAVES.contains(arrow.from()) || !COMMON.contains(packageOf(used)))
                                        && !arrow.to().contains(packageOf(used)))),
                arrow.reason());
    }

    @Test
    void everyClassLivesInAPackageWithArrows() {
        rule(classes().should().resideInAnyPackage(knownPackages()), "a package without arrows may use anything");
    }

    @Test
    void packagesHaveNoCycles() {
        rule(slices().matching("dev.gnomon.(**)").should().beFreeOfCycles(), "what is in a cycle is one package");
    }

    @Test
    void onlyIoOsOpensFiles() {
        rule(
                noClasses()
                        .that(not(resideIn("io.os")))
                        .should()
                        .dependOnClassesThat(named(
                                "java.nio.channels.FileChannel",
                                "java.nio.channels.AsynchronousFileChannel",
                                "java.nio.channels.FileLock",
                                "java.nio.MappedByteBuffer",
                                "java.io.RandomAccessFile",
                                "java.io.FileInputStream",
                                "java.io.FileOutputStream",
                                "java.io.FileReader",
                                "java.io.FileWriter")),
                "I/O that does not go through a port never meets the faults of the simulator");
    }

    @Test
    void engineTouchesNoFileSystem() {
        rule(
                noClasses()
                        .that(resideInAnyPackage(ENGINE))
                        .should()
                        .dependOnClassesThat(named("java.nio.file.Files", "java.nio.file.FileSystem"))
                        .orShould()
                        .dependOnClassesThat(resideInAnyPackage("java.nio.channels..", "java.net..")),
                "the engine knows files by the Storage port only");
    }

    @Test
    void engineReadsNoClock() {
        rule(
                noClasses()
                        .that(resideInAnyPackage(ENGINE))
                        .should()
                        .callMethodWhere(describe(
                                "reads the machine's clock",
                                call -> calls(call.getTargetOwner(), call.getName(), "java.lang.System", "nanoTime")
                                        || calls(
                                                call.getTargetOwner(),
                                                call.getName(),
                                                "java.lang.System",
                                                "currentTimeMillis")
                                        || (call.getTargetOwner()
                                                        .getPackageName()
                                                        .equals("java.time")
                                                && call.getName().equals("now"))))
                        .orShould()
                        .dependOnClassesThat(named("java.time.Clock", "java.util.Date", "java.util.Calendar")),
                "time comes from the Clock port, else a seed does not replay");
    }

    @Test
    void engineStartsNoThreadsAndWaitsForNone() {
        rule(
                noClasses()
                        .that(resideInAnyPackage(ENGINE))
                        .should()
                        .dependOnClassesThat(resideInAPackage("java.util.concurrent.locks.."))
                        .orShould()
                        .dependOnClassesThat(named(
                                "java.lang.Thread",
                                "java.lang.Thread$Builder",
                                "java.lang.ThreadLocal",
                                "java.util.Timer",
                                "java.util.concurrent.Executor",
                                "java.util.concurrent.Executors",
                                "java.util.concurrent.ExecutorService",
                                "java.util.concurrent.ScheduledExecutorService",
                                "java.util.concurrent.ThreadPoolExecutor",
                                "java.util.concurrent.ForkJoinPool",
                                "java.util.concurrent.CompletableFuture",
                                "java.util.concurrent.Future",
                                "java.util.concurrent.FutureTask",
                                "java.util.concurrent.CountDownLatch",
                                "java.util.concurrent.CyclicBarrier",
                                "java.util.concurrent.Phaser",
                                "java.util.concurrent.Semaphore",
                                "java.util.concurrent.Exchanger",
                                "java.util.concurrent.BlockingQueue",
                                "java.util.concurrent.ArrayBlockingQueue",
                                "java.util.concurrent.LinkedBlockingQueue",
                                "java.util.concurrent.SynchronousQueue"))
                        .orShould()
                        .callMethodWhere(describe(
                                "waits on a monitor",
                                call -> call.getTargetOwner().isEquivalentTo(Object.class)
                                        && Set.of("wait", "notify", "notifyAll").contains(call.getName()))),
                "threads and waits come from the Scheduler port, so that the simulator decides who runs next");
    }

    @Test
    void engineHasNoSynchronizedMethods() {
        rule(
                methods()
                        .that()
                        .areDeclaredInClassesThat(resideInAnyPackage(ENGINE))
                        .should()
                        .notHaveModifier(JavaModifier.SYNCHRONIZED),
                "the simulator cannot see who waits for a monitor; use the Mutex port");
    }

    /** ArchUnit does not see blocks, so this one reads the byte code. */
    @Test
    void engineHasNoSynchronizedBlocks() throws IOException {
        List<String> found = new ArrayList<>();
        for (JavaClass engineClass : CLASSES.that(resideInAnyPackage(ENGINE))) {
            try (InputStream in =
                    engineClass.getSource().orElseThrow().getUri().toURL().openStream()) {
                ClassFile.of().parse(in.readAllBytes()).methods().stream()
                        .filter(method -> method.code()
                                .map(ArchitectureTests::entersMonitor)
                                .orElse(false))
                        .forEach(method -> found.add(engineClass.getName() + "."
                                + method.methodName().stringValue()));
            }
        }
        assertThat(found)
                .as(
                        "methods with a synchronized block; the simulator cannot see who waits for a monitor, use the Mutex port")
                .isEmpty();
    }

    @Test
    void engineDrawsNoRandomness() {
        rule(
                noClasses()
                        .that(resideInAnyPackage(ENGINE))
                        .should()
                        .dependOnClassesThat(named(
                                "java.util.Random",
                                "java.util.SplittableRandom",
                                "java.util.concurrent.ThreadLocalRandom",
                                "java.security.SecureRandom"))
                        .orShould()
                        .callMethodWhere(describe(
                                "draws a random number",
                                call -> calls(call.getTargetOwner(), call.getName(), "java.lang.Math", "random")
                                        || calls(
                                                call.getTargetOwner(),
                                                call.getName(),
                                                "java.util.UUID",
                                                "randomUUID"))),
                "randomness comes from the RandomSource port, else a seed does not replay");
    }

    @Test
    void nobodyInterrupts() {
        rule(
                noClasses()
                        .should()
                        .callMethodWhere(describe(
                                "interrupts a thread",
                                call -> calls(call.getTargetOwner(), call.getName(), "java.lang.Thread", "interrupt")
                                        || call.getName().equals("shutdownNow"))),
                "an interrupt closes the FileChannel under every other user of the file");
    }

    @Test
    void nobodySerializes() {
        rule(
                noClasses()
                        .should()
                        .dependOnClassesThat(named("java.io.ObjectInputStream", "java.io.ObjectOutputStream")),
                "reading Java serialization runs the sender's code");
    }

    @Test
    void onlyPlatformUsesNativeLibraries() {
        rule(
                noClasses()
                        .that(not(resideIn("platform")))
                        .should()
                        .dependOnClassesThat(resideInAnyPackage("com.sun.jna..", "com.jacob..")),
                "native calls crash the whole process, so they stay where they can be reviewed");
    }

    @Test
    void onlyTheEdgesUseTheirLibraries() {
        rule(
                noClasses()
                        .that(not(resideIn("cli")).and(not(resideIn("app"))))
                        .should()
                        .dependOnClassesThat(resideInAPackage("picocli..")),
                "arguments are parsed in one place");
        rule(
                noClasses()
                        .that(resideInAnyPackage(ENGINE).or(resideInAPackage(ROOT + "protocol..")))
                        .should()
                        .dependOnClassesThat(resideInAnyPackage("tools.jackson..", "com.fasterxml..")),
                "JSON is for people and programs outside; on disk and on the wire there are layouts");
        rule(
                noClasses()
                        .that(not(resideIn("app")))
                        .should()
                        .dependOnClassesThat(resideInAPackage("ch.qos.logback..")),
                "everybody logs through SLF4J; only the composition root knows the back end");
    }

    @Test
    void onlyMetricsKnowsPrometheusAndOnlyObserveItsHistograms() {
        rule(
                noClasses()
                        .that(not(resideIn("metrics")))
                        .should()
                        .dependOnClassesThat(resideInAPackage("io.prometheus..")),
                "another monitoring system must cost one package");
        rule(
                noClasses()
                        .that(not(resideIn("observe")))
                        .should()
                        .dependOnClassesThat(resideInAPackage("org.HdrHistogram..")),
                "whoever measures calls Latencies, which bounds what it costs");
    }

    private static void rule(ArchRule rule, String reason) {
        rule.allowEmptyShould(true).because(reason).check(CLASSES);
    }

    private static boolean entersMonitor(CodeModel code) {
        return code.elementStream().anyMatch(MonitorInstruction.class::isInstance);
    }

    private static boolean calls(JavaClass owner, String method, String bannedOwner, String bannedMethod) {
        return owner.getName().equals(bannedOwner) && method.equals(bannedMethod);
    }

    private static DescribedPredicate<HasName> named(String... names) {
        Set<String> set = Set.copyOf(Arrays.asList(names));
        return describe("are one of " + String.join(", ", names), subject -> set.contains(subject.getName()));
    }

    private static DescribedPredicate<JavaClass> resideIn(String name) {
        return describe(
                "reside in " + ROOT + name,
                subject -> isOurs(subject) && packageOf(subject).equals(name));
    }

    private static boolean isOurs(JavaClass subject) {
        return subject.getPackageName().startsWith(ROOT);
    }

    /** Returns the longest listed package that holds {@code subject}, or its own if none does. */
    private static String packageOf(JavaClass subject) {
        String own = subject.getPackageName().substring(ROOT.length());
        return Stream.concat(arrows().map(Arrow::from), Stream.of("app"))
                .filter(known -> own.equals(known) || own.startsWith(known + "."))
                .max((left, right) -> Integer.compare(left.length(), right.length()))
                .orElse(own);
    }

    private static String[] knownPackages() {
        return Stream.concat(arrows().map(Arrow::from), Stream.of("app"))
                .map(known -> ROOT + known + "..")
                .toArray(String[]::new);
    }
}
