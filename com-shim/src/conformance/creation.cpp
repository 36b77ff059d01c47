// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "creation"

#include "rig.h"

namespace gnomon::conformance {

ASSERTION(22, "GUID_NULL is no id") {
  Provider provider = rig.activate();
  expectHr("BeginPrepareSnapshot with set GUID_NULL", E_INVALIDARG, provider.begin(GUID_NULL, newId(), rig.V().guidPath, 0));
  expectHr("BeginPrepareSnapshot with snapshot GUID_NULL", E_INVALIDARG, provider.begin(newId(), GUID_NULL, rig.V().guidPath, 0));
}

ASSERTION(23, "a volume that is not supported does not cost the others") {
  Provider provider = rig.activate();
  Set set = rig.begin(provider, {&rig.V()});
  expectHr("BeginPrepareSnapshot of a foreign volume", VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER,
           provider.begin(set.id, newId(), rig.foreign(), 0));
  rig.advance(provider, set, Step::CREATED);
  check("the supported volume has its snapshot", rig.exists(provider, set.snapshots[0]));
}

ASSERTION(24, "several volumes make one set") {
  Provider provider = rig.activate();
  Set set = rig.begin(provider, {&rig.V(), &rig.W()});
  rig.advance(provider, set, Step::CREATED);
  for (size_t i = 0; i < set.snapshots.size(); i++) {
    Props props;
    expectHr("GetSnapshotProperties", S_OK, provider.properties(set.snapshots[i], &props));
    expectEqual("set of the snapshot", set.id, props->m_SnapshotSetId);
    expectEqual("volume of the snapshot", set.volumes[i]->guidPath, orEmpty(props->m_pwszOriginalVolumeName));
  }
}

ASSERTION(25, "no snapshot id and no volume twice in a set") {
  Provider provider = rig.activate();
  Set set = rig.begin(provider, {&rig.V()});
  expectHr("BeginPrepareSnapshot of the same id, another volume", E_INVALIDARG,
           provider.begin(set.id, set.snapshots[0], rig.W().guidPath, 0));
  expectHr("BeginPrepareSnapshot of another id, the same volume", E_INVALIDARG,
           provider.begin(set.id, newId(), rig.V().guidPath, 0));
  rig.advance(provider, set, Step::CREATED);
}

ASSERTION(26, "a new set ends the one that nobody aborted") {
  Provider provider = rig.activate();
  Set stale = rig.begin(provider, {&rig.V()});
  Set next = rig.begin(provider, {&rig.W()});
  expectHr("EndPrepareSnapshots of the stale set", VSS_E_OBJECT_NOT_FOUND, provider.end(stale.id));
  rig.expectGone(provider, stale);
  rig.advance(provider, next, Step::CREATED);
}

ASSERTION(27, "EndPrepareSnapshots of a set that is not there") {
  Provider provider = rig.activate();
  expectHr("EndPrepareSnapshots of an unknown set", VSS_E_OBJECT_NOT_FOUND, provider.end(newId()));
  expectHr("EndPrepareSnapshots of GUID_NULL", E_INVALIDARG, provider.end(GUID_NULL));
}

ASSERTION(28, "no space for copies is told in EndPrepareSnapshots") {
  Provider provider = rig.activate();
  Set set = rig.begin(provider, {&rig.V()});
  rig.op().ask("space.exhaust");
  HRESULT hr = provider.end(set.id);
  rig.op().ask("space.restore");
  expectHr("EndPrepareSnapshots without space", VSS_E_INSUFFICIENT_STORAGE, hr);
  expectHr("PreCommitSnapshots afterwards", VSS_E_OBJECT_NOT_FOUND, provider.preCommit(set.id));
  rig.expectGone(provider, set);
}

ASSERTION(29, "a call out of order is a veto and ends the set") {
  Provider provider = rig.activate();
  const struct {
    Step state;
    const char* call;
    std::function<HRESULT(const Set&)> make;
  } cases[] = {
      {Step::BEGUN, "PreCommitSnapshots before EndPrepareSnapshots", [&](const Set& set) { return provider.preCommit(set.id); }},
      {Step::PREPARED, "CommitSnapshots before PreCommitSnapshots", [&](const Set& set) { return provider.commit(set.id); }},
      {Step::PRECOMMITTED, "PostCommitSnapshots before CommitSnapshots", [&](const Set& set) { return provider.postCommit(set.id, 1); }},
  };
  for (const auto& one : cases) {
    Set set = rig.reach(provider, {&rig.V()}, one.state);
    expectHr(one.call, VSS_E_PROVIDER_VETO, one.make(set));
    expectHr("EndPrepareSnapshots of the set that was vetoed", VSS_E_OBJECT_NOT_FOUND, provider.end(set.id));
    rig.expectGone(provider, set);
  }
}

ASSERTION(30, "a second call of the same kind is a veto") {
  Provider provider = rig.activate();
  const struct {
    Step state;
    const char* call;
    std::function<HRESULT(const Set&)> make;
  } cases[] = {
      {Step::PREPARED, "EndPrepareSnapshots twice", [&](const Set& set) { return provider.end(set.id); }},
      {Step::PRECOMMITTED, "PreCommitSnapshots twice", [&](const Set& set) { return provider.preCommit(set.id); }},
      {Step::COMMITTED, "CommitSnapshots twice", [&](const Set& set) { return provider.commit(set.id); }},
      {Step::POSTCOMMITTED, "PostCommitSnapshots twice", [&](const Set& set) { return provider.postCommit(set.id, 1); }},
  };
  for (const auto& one : cases) {
    Set set = rig.reach(provider, {&rig.V()}, one.state);
    expectHr(one.call, VSS_E_PROVIDER_VETO, one.make(set));
    provider.abort(set.id);
  }
}

ASSERTION(31, "the whole sequence succeeds") {
  for (LONG context : {0x0L, 0x10L, 0x19L, 0x9L, 0x400000L}) {
    Provider provider = rig.activate();
    Set set = rig.create(provider, {&rig.V(), &rig.W()}, context);
    for (const VSS_ID& snapshot : set.snapshots) check("the snapshot exists", rig.exists(provider, snapshot));
  }
}

ASSERTION(32, "the final commits of a set that is unknown, or finished") {
  Provider provider = rig.activate();
  expectHr("PreFinalCommitSnapshots of an unknown set", VSS_E_PROVIDER_VETO, provider.preFinal(newId()));
  expectHr("PostFinalCommitSnapshots of an unknown set", VSS_E_PROVIDER_VETO, provider.postFinal(newId()));
  for (LONG context : {0L, 0x2L}) {
    Set set = rig.reach(provider, {&rig.V()}, context == 0 ? Step::CREATED : Step::POSTCOMMITTED, context);
    expectHr("PreFinalCommitSnapshots of a finished set", S_OK, provider.preFinal(set.id));
    expectHr("PostFinalCommitSnapshots of a finished set", S_OK, provider.postFinal(set.id));
    check("the snapshot is still there", rig.exists(provider, set.snapshots[0]));
  }
}

}  // namespace gnomon::conformance
