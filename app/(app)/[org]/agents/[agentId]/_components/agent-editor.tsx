'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { useUrlParams } from '@/components/frame/url-params';
import { useTitle } from '@/components/frame/use-title';
import { SplitPane } from '@/components/ui/split-pane';
import { useTRPC } from '@/lib/trpc/client';
import { type ConversationHandle, TestConversation } from './conversation/test-conversation';
import { ConflictBanner } from './draft/conflict-banner';
import { useDraft } from './draft/use-draft';
import { EditorHead } from './editor-head';
import { AgentForm } from './form/agent-form';

/** The draft on the left, a conversation with it on the right. */
export function AgentEditor({ agentId }: { agentId: string }) {
  const { slug } = useOrg();
  const { data: agent } = useSuspenseQuery(useTRPC().agents.get.queryOptions({ org: slug, agentId }));
  const draft = useDraft(agent);
  useTitle(draft.values.name || 'Untitled');
  const [params] = useUrlParams();
  const [side, setSide] = useState<'left' | 'right'>(params.has('test') ? 'right' : 'left');
  const conversation = useRef<ConversationHandle>(null);

  return (
    <div className="flex h-full flex-col">
      <EditorHead agent={agent} draft={draft} />
      <ConflictBanner draft={draft} />
      <SplitPane
        labels={['Agent', 'Test']}
        show={side}
        onShow={setSide}
        left={<AgentForm agent={agent} draft={draft} onRun={() => conversation.current?.runAgain()} />}
        right={<TestConversation ref={conversation} agent={agent} spec={draft.values.spec} beforeSend={draft.flush} />}
      />
    </div>
  );
}
