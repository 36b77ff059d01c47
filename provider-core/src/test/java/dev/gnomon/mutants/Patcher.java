/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Applies patches to class files. Stateless. */
final class Patcher {
    private final ClassFile files;
    private final Function<String, byte[]> classes;

    /** Takes what returns the bytes of a class by its name. */
    Patcher(ClassLoader resources, Function<String, byte[]> classes) {
        this.classes = classes;
        this.files = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(resources).orElse(ClassHierarchyResolver.defaultResolver())));
    }

    /**
     * Returns the class with a patch applied.
     *
     * @throws StaleMutant if the patch does not find exactly what it expects
     */
    byte[] apply(Patch patch, byte[] original) {
        ClassModel model = files.parse(original);
        int sites = 0;
        for (MethodModel method : model.methods()) {
            if (method.methodName().equalsString(patch.method())) {
                sites += method.code().stream()
                        .flatMap(code -> code.elementStream())
                        .mapToInt(element -> isSite(patch, element) ? 1 : 0)
                        .sum();
            }
        }
        if (sites != patch.sites()) {
            throw new StaleMutant(patch, "expected " + patch.sites() + " calls, found " + sites);
        }
        boolean standing = patch.body().equals(Patch.DROP) || patch.body().equals(Patch.YES);
        MethodTypeDesc body = standing ? null : body(patch);
        ClassTransform transform = ClassTransform.transformingMethodBodies(
                method -> method.methodName().equalsString(patch.method()),
                CodeTransform.ofStateful(() -> new Sites(patch, body)));
        return files.transformClass(model, transform);
    }

    private MethodTypeDesc body(Patch patch) {
        List<MethodTypeDesc> found = new ArrayList<>();
        for (MethodModel method : files.parse(classes.apply(patch.bodyClass())).methods()) {
            if (method.methodName().equalsString(patch.body())) {
                found.add(method.methodTypeSymbol());
            }
        }
        if (found.size() != 1) {
            throw new StaleMutant(patch, "expected 1 body, found " + found.size());
        }
        return found.getFirst();
    }

    private static boolean isSite(Patch patch, CodeElement element) {
        if (!(element instanceof InvokeInstruction call)) {
            return false;
        }
        String owner = call.owner().asInternalName();
        String simple = owner.substring(Math.max(owner.lastIndexOf('/'), owner.lastIndexOf('$')) + 1);
        return patch.callee().equals(simple + '.' + call.name().stringValue());
    }

    /** Rewrites the calls of one method. */
    private static final class Sites implements CodeTransform {
        private final Patch patch;
        private final @Nullable MethodTypeDesc body;
        private int seen;

        Sites(Patch patch, @Nullable MethodTypeDesc body) {
            this.patch = patch;
            this.body = body;
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            if (element instanceof InvokeInstruction call && isSite(patch, element)) {
                int index = seen++;
                if (patch.only() == Patch.EVERY || patch.only() == index) {
                    rewrite(code, call);
                    return;
                }
            }
            code.with(element);
        }

        private void rewrite(CodeBuilder code, InvokeInstruction call) {
            List<ClassDesc> stacked = new ArrayList<>(call.typeSymbol().parameterList());
            if (call.opcode() != Opcode.INVOKESTATIC) {
                stacked.addFirst(call.owner().asSymbol());
            }
            ClassDesc returned = call.typeSymbol().returnType();
            if (body == null) {
                drop(code, stacked, returned);
                return;
            }
            if (body.parameterCount() == stacked.size() + 1) {
                code.aload(0);
            } else if (body.parameterCount() != stacked.size()) {
                throw new StaleMutant(
                        patch, "the body takes " + body.parameterCount() + " arguments, the call " + stacked.size());
            }
            for (int i = 0; i < stacked.size(); i++) {
                ClassDesc takes = body.parameterType(i);
                if (!takes.equals(stacked.get(i)) && !takes.equals(ConstantDescs.CD_Object)) {
                    throw new StaleMutant(
                            patch,
                            "the body takes " + takes.displayName() + ", the call passes "
                                    + stacked.get(i).displayName());
                }
            }
            if (!body.returnType().equals(returned)) {
                throw new StaleMutant(
                        patch, "the body returns " + body.returnType().displayName());
            }
            code.invokestatic(ClassDesc.of(patch.bodyClass()), patch.body(), body);
        }

        private void drop(CodeBuilder code, List<ClassDesc> stacked, ClassDesc returned) {
            for (ClassDesc each : stacked.reversed()) {
                if (TypeKind.from(each).slotSize() == 2) {
                    code.pop2();
                } else {
                    code.pop();
                }
            }
            boolean yes = patch.body().equals(Patch.YES);
            if (yes && !returned.equals(ConstantDescs.CD_boolean)) {
                throw new StaleMutant(patch, "the call returns " + returned.displayName() + ", not boolean");
            }
            switch (TypeKind.from(returned)) {
                case VOID -> {}
                case LONG -> code.lconst_0();
                case INT, SHORT, BYTE, CHAR -> code.iconst_0();
                case BOOLEAN -> code.loadConstant(yes ? 1 : 0);
                case REFERENCE -> code.aconst_null();
                case FLOAT, DOUBLE -> throw new StaleMutant(patch, "the call returns a floating-point number");
            }
        }
    }
}
