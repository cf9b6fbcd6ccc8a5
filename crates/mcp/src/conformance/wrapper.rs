//! The production handler with the fixtures around it: what is no fixture goes through.

#![allow(deprecated, reason = "the older revisions' methods are served")]

use std::borrow::Cow;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams, CompleteResult,
    GetPromptRequestParams, GetPromptResponse, GetTaskParams, GetTaskResult, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse, ServerConfig, SetLevelRequestParams,
    SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams, UpdateTaskParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use super::lasting::{CHANGED, List, TASKS};
use super::{jobs, pages, prompts, tools};
use crate::server::LabServer;

/// The handler of a build with the feature.
#[derive(Clone)]
pub(crate) struct WithFixtures(LabServer);

impl WithFixtures {
    pub(crate) fn around(inner: LabServer) -> Self {
        Self(inner)
    }
}

type Context = RequestContext<RoleServer>;
type Paged = Option<PaginatedRequestParams>;

impl ServerHandler for WithFixtures {
    fn get_info(&self) -> ServerConfig {
        let mut info = self.0.get_info();
        let capabilities = &mut info.capabilities;
        capabilities.logging = Some(rmcp::model::JsonObject::new());
        capabilities.tools.get_or_insert_default().list_changed = Some(true);
        capabilities.prompts.get_or_insert_default().list_changed = Some(true);
        let extensions = capabilities.extensions.get_or_insert_default();
        extensions.insert(jobs::EXTENSION.into(), rmcp::model::JsonObject::new());
        info
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        self.0.supported_protocol_versions()
    }

    async fn list_tools(&self, params: Paged, context: Context) -> Result<ListToolsResult, ErrorData> {
        let mut listed = self.0.list_tools(params, context).await?;
        listed.tools.extend(tools::list());
        Ok(listed)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.0.get_tool(name).or_else(|| tools::list().into_iter().find(|tool| tool.name == name))
    }

    async fn call_tool(
        &self,
        params: CallToolRequestParams,
        context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        match tools::call(&params, &context).await {
            Some(answer) => answer,
            None => self.0.call_tool(params, context).await,
        }
    }

    async fn list_resources(
        &self,
        params: Paged,
        context: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        let mut listed = self.0.list_resources(params, context).await?;
        if listed.next_cursor.is_none() {
            listed.resources.extend(pages::list());
        }
        Ok(listed)
    }

    async fn list_resource_templates(
        &self,
        params: Paged,
        context: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let mut listed = self.0.list_resource_templates(params, context).await?;
        listed.resource_templates.extend(pages::templates());
        Ok(listed)
    }

    async fn read_resource(
        &self,
        params: ReadResourceRequestParams,
        context: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        match pages::read(&params.uri) {
            Some(page) => Ok(page.into()),
            None => self.0.read_resource(params, context).await,
        }
    }

    async fn list_prompts(&self, params: Paged, context: Context) -> Result<ListPromptsResult, ErrorData> {
        let mut listed = self.0.list_prompts(params, context).await?;
        listed.prompts.extend(prompts::list());
        Ok(listed)
    }

    async fn get_prompt(
        &self,
        params: GetPromptRequestParams,
        context: Context,
    ) -> Result<GetPromptResponse, ErrorData> {
        match prompts::get(&params) {
            Some(answer) => Ok(answer),
            None => self.0.get_prompt(params, context).await,
        }
    }

    async fn complete(
        &self,
        params: CompleteRequestParams,
        context: Context,
    ) -> Result<CompleteResult, ErrorData> {
        self.0.complete(params, context).await
    }

    async fn set_level(&self, _: SetLevelRequestParams, context: Context) -> Result<(), ErrorData> {
        let stateless =
            context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        if stateless {
            return Err(ErrorData::method_not_found::<rmcp::model::SetLevelRequestMethod>());
        }
        Ok(())
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        self.0.on_initialized(context).await;
    }

    async fn subscribe(&self, params: SubscribeRequestParams, context: Context) -> Result<(), ErrorData> {
        match pages::read(&params.uri) {
            Some(_) => Ok(()),
            None => self.0.subscribe(params, context).await,
        }
    }

    async fn unsubscribe(&self, params: UnsubscribeRequestParams, context: Context) -> Result<(), ErrorData> {
        self.0.unsubscribe(params, context).await
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let mut accepted = self.0.accepted_subscription_filter(requested)?;
        accepted.tools_list_changed = Some(true);
        accepted.prompts_list_changed = Some(true);
        Some(accepted)
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Result<(), ErrorData> {
        let sink = subscription.sink().clone();
        let mut changed = CHANGED.subscribe();
        let fixtures = async {
            while let Ok(list) = changed.recv().await {
                // The sink knows what the client wants to hear.
                let _ = match list {
                    List::Tools => sink.notify_tool_list_changed().await,
                    List::Prompts => sink.notify_prompt_list_changed().await,
                };
            }
        };
        tokio::select! {
            done = self.0.listen(subscription) => done,
            () = fixtures => Ok(()),
        }
    }

    async fn get_task(&self, params: GetTaskParams, _: Context) -> Result<GetTaskResult, ErrorData> {
        TASKS.get_task(&params.task_id).map(GetTaskResult::new)
    }

    async fn update_task(&self, params: UpdateTaskParams, _: Context) -> Result<(), ErrorData> {
        TASKS.update_task(&params.task_id, params.input_responses)
    }

    async fn cancel_task(&self, params: CancelTaskParams, _: Context) -> Result<(), ErrorData> {
        TASKS.cancel_task(&params.task_id)
    }
}
